# Bytes that are no UTF-8 are told of and hide nothing; so do long lines and mixed scripts.
printf '[[rule]]\nname = "mild"\nwords = ["numpty"]\naction = "mask"\n' >words.toml
printf 'ok\nnum\xffpty \xe2\x82\n\xed\xa0\x80\n' | status screen text --words words.toml --mask
echo "--- 10 MB lines"
python3 - <<'P' >long.txt
print("lorem ipsum " * 850_000 + "n u m p t y")
print("天气很好，" * 680_000 + "numpty")
print("שלום " * 1_100_000 + "\u202enumpty")
P
status screen text --words words.toml long.txt
echo "--- a line that is too long is not judged, and the next one is"
python3 - <<'P' | status screen text --words words.toml
print("a" * (64 << 20) + " numpty")
print("numpty")
P
