# Binary data is never written to a terminal.
command -v script >/dev/null || skip "script(1) is not installed"
make_clip clip.mp4 1
for tool in $writers; do
  status script -qec "$tool clip.mp4 --log-level error" /dev/null | tr -d '\r'
done
