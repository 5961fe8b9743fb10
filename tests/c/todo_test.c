#include "harness.h"
void confinement_tests(void) { }
void reaper_tests(void) { }
void enter_tests(void) { }
void client_tests(void) { }
