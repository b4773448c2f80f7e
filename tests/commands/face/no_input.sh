# Without an input, at a terminal, every tool says what it wants instead of waiting.
command -v script >/dev/null || skip "script(1) is not installed"
for tool in $tools; do
  option=""
  [ "$tool" = hls-segment ] && option="-o out"
  [ "$tool" = probe ] && option="-"
  status script -qec "$tool $option" /dev/null </dev/null | tr -d '\r'
done
