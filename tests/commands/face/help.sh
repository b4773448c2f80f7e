# Help goes to stdout, starts with what the tool does, and ends with the exit status.
for tool in $tools; do
  "$tool" --help >help.txt
  head -1 help.txt
  tail -1 help.txt
  for option in --output --config --log-level --log-format --progress --version --help; do
    [ "$tool $option" = "probe --output" ] || grep -q -e "$option" help.txt || echo "$tool: no $option in --help"
  done
done
