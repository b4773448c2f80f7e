# A text is not media.
echo "just some words, not media" >words.txt
for tool in $tools; do open_with "$tool" words.txt; done
for tool in $tools; do open_with "$tool" - <words.txt; done
