/** Image files: what lies in them, by superblock and partition table. Reads bytes and decides; mounts nothing. */
package overlayd.image;
