"""The wire: how examiner and candidate talk. Specified in docs/wire.md."""
