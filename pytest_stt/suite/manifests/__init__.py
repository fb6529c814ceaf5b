"""Manifests: the data sets people have, read as the cases of a suite.

`reading.read_manifest` is the way in. A reader of one format turns a `source.Source` into `row.Utterance`s
and adds what it can't use to the source's `Faults`; ids, paths, selection and the look at the audio files
are the same for all formats. Nothing here opens an audio file.
"""
