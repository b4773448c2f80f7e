# An empty file is damaged input.
: >empty.mp4
for tool in $tools; do status "$tool" empty.mp4; done
: >empty.nut
for tool in $tools; do status "$tool" - <empty.nut; done
