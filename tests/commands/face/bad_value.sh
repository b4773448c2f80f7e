# A value that cannot be read says how to write it.
status ingest test: --duration soon
status ingest test: --duration
status probe --progress loud
