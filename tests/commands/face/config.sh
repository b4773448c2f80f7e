# Options from a file; what is wrong in it is named with its line.
printf 'duration = "1s"\n\n[log]\nlevle = "info"\n' >bad.toml
status ingest test: --config bad.toml
status ingest test: --config nowhere.toml
printf 'output = "made.nut"\nduration = 1\n' >good.toml
status ingest test:size=320x180 --config good.toml
ls
