# Help and version, as every tool has them.
edge --help >help.txt
head -1 help.txt
tail -1 help.txt
for option in --http --rtmp --hls --batch --config --check-config --log-level --log-format --progress --version --help; do
  grep -q -e "$option" help.txt || echo "no $option in --help"
done
edge --version | sed 's/[0-9.]*$/VERSION/'
status edge --htpt 127.0.0.1:8080
