# A file that may not be read: one line, status 1.
[ "$(id -u)" -ne 0 ] || skip "root may read everything"
make_clip clip.mp4 1
chmod 000 clip.mp4
for tool in $tools; do open_with "$tool" clip.mp4; done
