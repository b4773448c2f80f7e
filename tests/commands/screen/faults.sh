# What is wrong in a list is named with its line and the rest holds; with --strict it ends with 2.
cat >words.toml <<'T'
[[rule]]
name = "mild"
words = [
  "numpty",
  "x",
  "--",
  12,
]
patterns = ["a(b", 'tw[iy]t']
action = "mask"
colour = "red"

[[rule]]
words = ["hush"]
action = "shout"
T
printf 'numpty\ntwyt\nhush\n' >lines.txt
status screen text --words words.toml lines.txt
status screen text --words words.toml --strict lines.txt
echo "--- no list at all"
printf '[[rule]\n' >broken.toml
status screen text --words broken.toml lines.txt
status screen text --words nowhere.toml lines.txt
printf 'include = ["nowhere.toml"]\n' >including.toml
status screen text --words including.toml lines.txt
status screen text --words words.toml nowhere.txt
