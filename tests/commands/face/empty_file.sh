# An empty file is damaged input.
: >empty.mp4
for tool in $tools; do open_with "$tool" empty.mp4; done
: >empty.nut
for tool in $tools; do open_with "$tool" - <empty.nut; done
