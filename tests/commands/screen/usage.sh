# The tool has commands.
status screen
status screen tex
status screen --words
status screen text
status screen text --words a.toml --lang en
screen --help | grep -A1 Commands
screen text --help | head -3
screen text --version
echo "--- a reader that goes away"
printf '[[rule]]\nwords = ["numpty"]\n' >words.toml
(yes numpty || true) | screen text --words words.toml | head -1
