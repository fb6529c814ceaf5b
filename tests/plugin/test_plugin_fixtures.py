"""The fixtures, as tests of users have them."""

from __future__ import annotations

import json

import pytest
from junitparser import JUnitXml, Properties
from scripted import Example, write_wav

from pytest_stt import SuiteError
from pytest_stt.plugin.async_fixtures import _need_asyncio
from pytest_stt.records import read_results


def test_stt_transcribe_needs_no_async(example: Example) -> None:
    write_wav(example.path / "one.wav")
    example.test(
        """
        def test_it(stt_transcribe):
            result = stt_transcribe("one.wav", reference="Hello, world!")
            assert result.hypothesis_text == "hello world"
            result.assert_quality(max_wer=0)

        def test_without_reference(stt_transcribe):
            assert stt_transcribe("one.wav").text_metrics is None

        def test_silence(stt_transcribe):
            assert stt_transcribe("one.wav", reference="").text_metrics.insertions == 2
        """
    )
    result = example.run()
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["*.py *2 *2 *100.0%*"])


CLIENT_TEST = """
    import pytest
    from pytest_stt import AudioSample

    {mark}
    async def test_it(stt_client):
        result = await stt_client.transcribe(AudioSample.from_file("one.wav", reference_text="Hello world."))
        result.assert_quality(max_wer=0)

    {mark}
    async def test_wrong(stt_client):
        sample = AudioSample.from_file("one.wav", reference_text="hello brave new world")
        (await stt_client.transcribe(sample)).assert_quality()
"""


@pytest.mark.parametrize(
    ("mode", "mark"), [("strict", "@pytest.mark.asyncio"), ("auto", "")], ids=["strict", "auto"]
)
def test_stt_client_in_both_modes(example: Example, mode: str, mark: str) -> None:
    write_wav(example.path / "one.wav")
    example.ini(f"asyncio_mode = {mode}").test(CLIENT_TEST.format(mark=mark))
    result = example.run("-v", "--junitxml=o.xml")
    result.assert_outcomes(passed=1, failed=1)
    output = result.stdout.str()
    assert "WER 50.0% > 20.0% (2 of 4 words, basic)" in output
    assert "::test_it PASSED WER 0.0%" in output
    assert "client/" not in output
    (suite,) = JUnitXml.fromfile(str(example.path / "o.xml"))
    values = {case.name: {p.name: p.value for p in case.child(Properties)} for case in suite}
    assert values["test_wrong"]["stt.wer"] == "0.5000"
    assert values["test_wrong"]["stt.location"].startswith("test_stt_client_in_both_modes.py:")


def test_several_scores_of_one_test_are_counted_each(example: Example) -> None:
    write_wav(example.path / "one.wav")
    example.test(
        """
        def test_it(stt_transcribe):
            stt_transcribe("one.wav", reference="hello world").assert_quality()
            stt_transcribe("one.wav", reference="hello word").assert_quality(max_wer=0.5)
        """
    )
    result = example.run("-v")
    result.stdout.fnmatch_lines(["*::test_it PASSED WER 25.0%*", "*.py *2 *4 *25.0%*"])


def test_a_failing_server_shows_the_users_line_and_none_of_ours(example: Example) -> None:
    write_wav(example.path / "one.wav")
    example.answer(one=500).test(
        """
        def test_it(stt_transcribe):
            stt_transcribe("one.wav", reference="hello world")
        """
    )
    result = example.run()
    result.assert_outcomes(failed=1)
    output = result.stdout.str()
    assert "scripted 500" in output
    assert '> stt_transcribe("one.wav", reference="hello world")' in " ".join(output.split())
    assert "httpx" not in output
    assert "direct cause" not in output


def test_the_marker_configures_the_fixtures(example: Example) -> None:
    write_wav(example.path / "one.wav")
    url, example.server.url = example.server.url, "http://127.0.0.1:9"
    example.ini().test(
        f"""
        import pytest

        @pytest.mark.stt(url="{url}", options={{"model": "other"}}, normalize="none")
        def test_it(stt_transcribe):
            assert stt_transcribe("one.wav", reference="Hello world").text_metrics.substitutions == 1
        """
    )
    example.run("--strict-markers").assert_outcomes(passed=1)


@pytest.mark.parametrize("arguments", ["adress='http://x'", "'http://x'"])
def test_a_marker_with_other_keywords_is_refused(example: Example, arguments: str) -> None:
    example.test(
        f"""
        import pytest

        @pytest.mark.stt({arguments})
        def test_it(stt_transcribe): pass
        """
    )
    result = example.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*test_it*the marker stt takes the keywords url, dialect*"])
    assert "fixtures.py" not in result.stdout.str()


def test_without_pytest_asyncio_the_async_fixtures_say_so(example: Example) -> None:
    example.pytester.makeini("[pytest]\n")
    example.test("def test_it(stt_client): pass\ndef test_too(stt_session): pass")
    result = example.run("-p", "no:asyncio")
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["*fixture stt_client needs the plugin pytest-asyncio*"])


def test_stt_transcribe_takes_a_sample_too(example: Example) -> None:
    example.test(
        """
        from pytest_stt import AudioSample

        def test_it(stt_transcribe):
            sample = AudioSample.from_array([0.0] * 1600, 16000, reference_text="hello world", name="tone")
            stt_transcribe(sample).assert_quality(max_wer=0)
            stt_transcribe(sample, reference="hello").assert_quality(max_wer=1, max_cer=None)
        """
    )
    example.run().assert_outcomes(passed=1)


def test_the_command_line_wins_over_the_marker(example: Example) -> None:
    write_wav(example.path / "one.wav")
    example.test(
        """
        import pytest

        @pytest.mark.stt(url="http://127.0.0.1:9", dialect="whisperlive", options={"model": "tiny"})
        def test_it(stt_transcribe):
            stt_transcribe("one.wav", reference="hello world").assert_quality()
        """
    )
    example.run("--stt-url", example.server.url, "--stt-dialect", "openai").assert_outcomes(passed=1)


def test_an_unset_variable_in_the_ini_file_is_named(example: Example) -> None:
    example.server.url = "${NOT_SET_ANYWHERE}"
    example.ini().test("def test_it(stt_transcribe): pass")
    result = example.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["ini option stt_url: *NOT_SET_ANYWHERE*"])


def test_without_the_extra_a_local_url_says_what_to_install(
    example: Example, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pytest_stt.local.missing_extra", lambda: "the sentence about the extra")
    example.server.url = "local"
    example.ini().cases(one="hello world")
    result = example.test("def test_it(stt_transcribe): pass").run()
    result.assert_outcomes(errors=2)
    assert result.stdout.str().count("url: local was asked for, but the sentence about the extra") >= 2
    assert "Traceback" not in result.stdout.str()


def test_an_outage_is_an_error_of_the_table_and_has_no_rate(example: Example) -> None:
    for name in ("one", "two"):
        write_wav(example.path / f"{name}.wav")
    example.answer(two=500).test(
        """
        def test_heard_and_not_heard(stt_transcribe):
            stt_transcribe("one.wav", reference="hello world")
            stt_transcribe("two.wav", reference="hello world")

        def test_not_heard(stt_transcribe):
            stt_transcribe("two.wav", reference="hello world")

        def test_wrong(stt_transcribe):
            stt_transcribe("one.wav", reference="something else").assert_quality()
        """
    )
    result = example.run()
    result.assert_outcomes(failed=3)
    row = next(line for line in result.stdout.lines if line.split()[1:3] == ["3", "2"])
    assert row.split()[3:8] == ["100.0%", "85.7%", "2/0/0", "1", "2"]


@pytest.mark.parametrize(
    "ending",
    [
        "raise RuntimeError('theirs') from error",
        "pytest.fail('theirs')",
        "raise ExceptionGroup('theirs', [error])",
    ],
)
def test_frames_of_ours_are_hidden_in_chains_too(example: Example, ending: str) -> None:
    write_wav(example.path / "one.wav")
    example.answer(one=500).test(
        f"""
        import pytest
        from pytest_stt import STTError

        def test_it(stt_transcribe):
            try:
                stt_transcribe("one.wav", reference="hello world")
            except STTError as error:
                {ending}
        """
    )
    output = example.run("-l").stdout.str()
    assert "theirs" in output
    assert "client.py" not in output
    assert "background.py" not in output


def test_a_marker_without_values_leaves_the_defaults(example: Example) -> None:
    write_wav(example.path / "one.wav")
    example.test(
        """
        import pytest

        @pytest.mark.stt(url=None, dialect=None, timeout=None, normalize=None)
        def test_it(stt_transcribe):
            stt_transcribe("one.wav", reference="Hello, world!").assert_quality(max_wer=0)
        """
    )
    example.run().assert_outcomes(passed=1)


def test_the_url_of_a_marker_may_name_the_environment(
    example: Example, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_wav(example.path / "one.wav")
    monkeypatch.setenv("HERE", example.server.url)
    example.server.url = "http://127.0.0.1:9"
    example.ini().test(
        """
        import pytest

        @pytest.mark.stt(url="${HERE}")
        def test_it(stt_transcribe):
            stt_transcribe("one.wav", reference="hello world").assert_quality()
        """
    )
    example.run().assert_outcomes(passed=1)


def test_a_normaliser_that_is_not_there_is_found_before_anything_is_sent(example: Example) -> None:
    example.test(
        """
        import pytest

        @pytest.mark.stt(normalize="basik")
        def test_it(stt_transcribe): pass
        """
    )
    result = example.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*basik*basic*"])


def test_audio_of_the_test_itself_may_be_gone_when_it_is_reported(example: Example) -> None:
    write_wav(example.path / "one.wav")
    example.test(
        """
        import pathlib
        from pytest_stt import AudioSample

        def test_it(stt_transcribe, monkeypatch, tmp_path):
            sample = AudioSample.from_file("one.wav", reference_text="hello world")
            stt_transcribe(sample).assert_quality()
            monkeypatch.chdir(tmp_path)

        def test_too(stt_transcribe):
            stt_transcribe("one.wav", reference="hello world").assert_quality()
            pathlib.Path("one.wav").unlink()
        """
    )
    example.run().assert_outcomes(passed=2)


def test_of_a_test_that_is_run_again_the_last_attempt_counts(example: Example) -> None:
    for name in ("one", "two"):
        write_wav(example.path / f"{name}.wav")
    example.answer(two="hallo welt").test(
        """
        attempts = []

        def test_it(stt_transcribe):
            attempts.append(1)
            audio = "two.wav" if len(attempts) < 3 else "one.wav"
            stt_transcribe(audio, reference="hello world").assert_quality()
        """
    )
    result = example.run("--reruns", "3", "--junitxml=o.xml")
    result.stdout.fnmatch_lines(["*.py *1 *2 *0.0% *0.0%*0/0/0*"])
    (suite,) = JUnitXml.fromfile(str(example.path / "o.xml"))
    *_, last = suite
    assert [p.value for p in last.child(Properties) if p.name == "stt.words"] == ["2"]


FIXTURE_TEST = """
    import pytest

    @pytest.fixture
    def greeting(stt_transcribe):
        {before}
        yield
        {after}

    def test_it(greeting): pass
"""
SCORE = 'stt_transcribe("one.wav", reference="quite other words").assert_quality()'


@pytest.mark.parametrize(("before", "after"), [(SCORE, ""), ("", SCORE)], ids=["setup", "teardown"])
def test_what_fixtures_score_is_counted(example: Example, before: str, after: str) -> None:
    write_wav(example.path / "one.wav")
    example.test(FIXTURE_TEST.format(before=before, after=after))
    result = example.run("--junitxml=o.xml")
    result.stdout.fnmatch_lines(["*.py *1 *3 *100.0%*2/1/0 *1 *0 *"])
    (suite,) = JUnitXml.fromfile(str(example.path / "o.xml"))
    values = [{p.name: p.value for p in case.child(Properties) or ()} for case in suite]
    assert [found["stt.wer"] for found in values if "stt.wer" in found] == ["1.0000"]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("stt_transcribe(None)", "expected a path or an AudioSample"),
        ("stt_transcribe('one.wav', reference=3)", "expected the text that is said"),
    ],
)
def test_a_wrong_argument_gets_a_sentence(example: Example, call: str, words: str) -> None:
    result = example.test(f"def test_it(stt_transcribe): {call}").run()
    result.assert_outcomes(failed=1)
    assert words in result.stdout.str()
    assert "target.py" not in result.stdout.str()


def test_a_marker_with_a_value_of_another_type_is_refused(example: Example) -> None:
    result = example.test(
        """
        import pytest

        @pytest.mark.stt(normalize={"drop": ["uh"]})
        def test_it(stt_transcribe): pass

        @pytest.mark.stt(dialect=["openai"])
        def test_too(stt_transcribe): pass
        """
    ).run()
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(
        [
            "*the marker stt takes a name or a list of steps as normalize; found {'drop': *",
            "*the marker stt takes a text as dialect; found *",
        ]
    )


def test_a_marker_composes_a_normaliser_of_steps(example: Example) -> None:
    write_wav(example.path / "one.wav")
    example.test(
        """
        import pytest

        @pytest.mark.stt(normalize=["basic", {"drop": ["uh", "um"]}, {"replace": {"colour": "color"}}])
        def test_it(stt_transcribe):
            heard = stt_transcribe("one.wav", reference="The color, please.")
            heard.assert_quality(max_wer=0)

        @pytest.mark.stt(normalize=["basic", {"dropp": ["uh"]}, 5])
        def test_too(stt_transcribe): pass
        """
    ).answer(one="uh the colour um please")
    result = example.run("--stt-results=out")
    result.assert_outcomes(passed=1, errors=1)
    text = result.stdout.str()
    assert "test_too: the marker stt: normalize: step 2: no step 'dropp'; did you mean 'drop'?" in text
    assert "test_too: the marker stt: normalize: step 3: expected a name or one of" in text
    record = read_results(example.path / "out" / "results.jsonl").records[0]
    assert json.loads(record.normalizer)[1] == {"drop": ["uh", "um"]}


def test_a_wrong_ini_value_is_named_to_a_test_that_transcribes(example: Example) -> None:
    example.ini("stt_normalize = basik").test("def test_it(stt_transcribe): pass")
    result = example.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*ini option stt_normalize: no normaliser 'basik'; did you mean 'basic'?*"])


def test_another_event_loop_is_told_apart() -> None:
    with pytest.raises(SuiteError, match="anyio_backend"):
        _need_asyncio()


def test_patches_of_the_test_do_not_reach_the_report(example: Example) -> None:
    write_wav(example.path / "one.wav")
    example.test(
        """
        import builtins, pathlib

        def refuse(*_, **__):
            raise RuntimeError("no files here")

        def test_it(stt_transcribe, monkeypatch):
            stt_transcribe("one.wav", reference="hello world").assert_quality()
            monkeypatch.setattr(pathlib.Path, "open", refuse)
            monkeypatch.setattr(pathlib.Path, "read_bytes", refuse)
            monkeypatch.setattr(builtins, "open", refuse)
        """
    )
    result = example.pytester.runpytest_subprocess("-p", "no:randomly")
    result.assert_outcomes(passed=1)


OUTAGES = """
    import asyncio
    import pytest
    from pytest_stt import AudioSample

    @pytest.mark.xfail
    def test_expected_to_fail(stt_transcribe):
        stt_transcribe("two.wav", reference="hello world")

    def test_raised_from(stt_transcribe):
        try:
            stt_transcribe("two.wav", reference="hello world")
        except Exception as error:
            raise AssertionError("no answer") from error

    @pytest.mark.asyncio
    async def test_in_a_group(stt_client):
        sample = AudioSample.from_file("two.wav", reference_text="hello world")
        async with asyncio.TaskGroup() as group:
            group.create_task(stt_client.transcribe(sample))

    def test_dealt_with(stt_transcribe):
        try:
            stt_transcribe("two.wav", reference="hello world")
        except Exception:
            stt_transcribe("one.wav", reference="hello world").assert_quality()
"""


@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["alone", "xdist"])
def test_an_outage_is_an_error_however_it_comes(example: Example, workers: list[str]) -> None:
    for name in ("one", "two"):
        write_wav(example.path / f"{name}.wav")
    result = example.answer(two=500).test(OUTAGES).run("--junitxml=o.xml", *workers)
    result.assert_outcomes(xfailed=1, failed=2, passed=1)
    row = next(line for line in result.stdout.lines if line.split()[1:3] == ["4", "2"])
    assert row.split()[3:8] == ["0.0%", "0.0%", "0/0/0", "0", "3"]
    (suite,) = JUnitXml.fromfile(str(example.path / "o.xml"))
    with_rates = [
        case.name for case in suite if any(p.name == "stt.wer" for p in case.child(Properties) or ())
    ]
    assert with_rates == ["test_dealt_with"]
