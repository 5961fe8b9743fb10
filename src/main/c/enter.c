#include "reaper.h"
int enter_main(void) { return report_failure("protocol", 38); }
