from openworklist.ui.sentences import Sentences

SAID = Sentences(
    {
        "There is no day.": "Es gibt keinen Tag.",
        "{1} is no day.": "{1} ist kein Tag.",
        "{1} is no day of {2}.": "In {2} ist {1} kein Tag.",
        "the order was cancelled": "der Auftrag wurde storniert",
        "ignored because {1}": "ignoriert, denn {1}",
        "is missing": "fehlt",
    }
)


def test_a_sentence_is_known_by_its_english() -> None:
    assert SAID.tell("There is no day.") == "Es gibt keinen Tag."


def test_what_was_filled_in_stands_where_the_other_language_has_it() -> None:
    assert SAID.tell("'{2} 50 %' is no day of May.") == "In May ist '{2} 50 %' kein Tag."


def test_of_several_that_fit_the_one_that_says_most_counts() -> None:
    assert SAID.tell("The 30th is no day of February.") == "In February ist The 30th kein Tag."


def test_of_several_that_fit_the_one_that_begins_first_holds_the_others() -> None:
    said = Sentences(
        {"{1} not shown: {2}.": "{1} nicht gezeigt: {2}.", "{1}; the exam is on {2}": "{1}; am {2}"}
    )

    assert said.tell("CT1 not shown: why; the exam is on May 1.") == "CT1 nicht gezeigt: why; am May 1."


def test_what_was_filled_in_may_be_a_sentence_itself() -> None:
    assert (
        SAID.tell("ignored because the order was cancelled") == "ignoriert, denn der Auftrag wurde storniert"
    )


def test_reasons_hints_and_sentences_in_one_are_told_each() -> None:
    assert (
        SAID.tell("the order was cancelled; ignored because it is so")
        == "der Auftrag wurde storniert; ignoriert, denn it is so"
    )
    assert SAID.tell("There is no day. It is night.") == "Es gibt keinen Tag. It is night."


def test_a_reason_may_hold_what_stands_between_reasons() -> None:
    said = Sentences(
        {
            "it asked for {1}": "gefragt: {1}",
            "{1}; the exam is for {2}": "{1}, aber für {2}",
            "it is odd": "sonderbar",
        }
    )

    assert (
        said.tell("it asked for CT1; the exam is for MR1; it is odd")
        == "gefragt: CT1, aber für MR1; sonderbar"
    )


def test_a_clause_may_go_on_from_a_name() -> None:
    assert SAID.tell("PatientID is missing") == "PatientID fehlt"
    assert SAID.tell("PatientID is missing.") == "PatientID fehlt."


def test_a_clause_may_have_become_a_sentence() -> None:
    assert SAID.tell("The order was cancelled.") == "Der Auftrag wurde storniert."
    assert SAID.tell("is missing.") == "fehlt."


def test_a_sentence_is_not_taken_for_a_clause_of_its_first_word() -> None:
    assert Sentences({"message {1}": "Nachricht {1}"}).tell("The message is new") == "The message is new"


def test_what_nobody_knows_stays_as_it_is() -> None:
    for text in ("", "nonsense", "; ", "Doe^John", "is", "a" * 100_000):
        assert SAID.tell(text) == text
