# Lists are read again when they change, and on SIGHUP; one that cannot be read changes nothing.
list() { printf '[[rule]]\nname = "%s"\nwords = ["%s"]\naction = "mask"\n' "$1" "$1" >new.toml; mv new.toml words.toml; }
list numpty
printf 'include = ["words.toml"]\n' >all.toml
mkfifo lines
screen text --words all.toml <lines >verdicts 2>said & screen=$!
exec 3>lines
ask() {  # LINE: says it, and waits for the verdict
  local before
  before=$(wc -l <verdicts)
  echo "$1" >&3
  while [ "$(wc -l <verdicts)" -eq "$before" ]; do sleep 0.02; done
  tail -1 verdicts | grep -o '"action":"[a-z]*"'
}
# The files are looked at when a line comes.
until_said() { while [ "$(grep -c "$2" said)" -lt "$1" ]; do ask tick >/dev/null; sleep 0.05; done; }
until_read() { until_said "$1" 'read again: 1 rules'; }
ask numpty
list twit
until_read 1
ask numpty
ask twit
echo "[[rule" >words.toml
until_said 1 'from before hold'
ask twit
printf '[[rule]]\nwords = ["dork"]\naction = "block"\n' >words.toml
until_read 2
ask dork
kill -HUP $screen
while [ "$(grep -c 'read again' said)" -lt 3 ]; do sleep 0.05; done
ask numpty
exec 3>&-
code=0
wait $screen || code=$?
echo "exit $code"
grep 'from before hold' said | sed 's/.*hold: //'
