# A folder is not an input.
mkdir folder
for tool in $tools; do open_with "$tool" folder; done
