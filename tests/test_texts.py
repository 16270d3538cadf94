"""The real texts of this repository keep what the product promises of them."""

import re
from collections import Counter, defaultdict
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest

from generator.check.rules.prose import find_phrases
from generator.content import Newsletter, load_newsletter
from generator.content.certainties import IDS
from generator.model import Language, Thought
from generator.render.page.pages import render_pages
from generator.words import load_words
from tests.languages import EN, LANGUAGES, NL

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def project() -> Newsletter:
    """Loading compares both languages: files, sections, items and sources are the same, or it fails."""
    return load_newsletter(ROOT)


@pytest.fixture(scope="module", params=LANGUAGES)
def thoughts(request: pytest.FixtureRequest, project: Newsletter) -> tuple[Thought, ...]:
    """All thoughts of a language."""
    return project.playbook.thoughts[request.param]


def read_words(text: str) -> list[str]:
    """The words of a text in small letters, without marks of footnotes."""
    return re.findall(r"[^\W_]+(?:[’'.,:-][^\W_]+)*", re.sub(r"\[\^[^\]]+\]", "", text).lower())


def count_words(thought: Thought) -> int:
    return len(re.sub(r"\[\^[^\]]+\]", "", thought.markdown).split())


def name(thought: Thought) -> str:
    return str(thought.source.relative_to(ROOT))


# --- A year of thoughts ---


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_certainty_has_six_items_and_eight_thoughts(project: Newsletter, language: Language) -> None:
    """Eight for each of the seven are more than a year of Fridays."""
    certainties = project.playbook.certainties[language]
    assert len(certainties) == 7
    assert {certainty.id: len(certainty.items) for certainty in certainties} == dict.fromkeys(IDS, 6)
    count = Counter(one.certainty for one in project.playbook.thoughts[language])
    few = [
        f"{one} has {count[one]} of 8 thoughts: generate new thought {one}" for one in IDS if count[one] < 8
    ]
    assert not few, "\n".join(few)


def test_a_thought_is_short_and_its_title_and_summary_fit_an_inbox(thoughts: tuple[Thought, ...]) -> None:
    wrong = []
    for thought in thoughts:
        title, summary, words = len(thought.title), len(thought.summary), count_words(thought)
        if title >= 50:
            wrong.append(f"{name(thought)}: the title has {title} characters, not under 50: {thought.title}")
        if summary >= 110:
            wrong.append(f"{name(thought)}: the summary has {summary} characters, not under 110")
        if not 50 <= words <= 170:
            wrong.append(f"{name(thought)}: the text has {words} words, not 50 to 170")
    assert not wrong, "\n".join(wrong)


def test_no_two_thoughts_begin_alike(thoughts: tuple[Thought, ...]) -> None:
    """Not with the same three words; nor do two have the same title."""
    beginnings, titles = defaultdict(list), defaultdict(list)
    for thought in thoughts:
        beginnings[" ".join(read_words(thought.markdown)[:3])].append(name(thought))
        titles[" ".join(read_words(thought.title))].append(name(thought))
    found = [*beginnings.items(), *titles.items()]
    wrong = [f"“{words}”: {', '.join(files)}" for words, files in found if len(files) > 1]
    assert not wrong, "\n".join(wrong)


_ONES = "een|twee|drie|vier|vijf|zes|zeven|acht|negen"
_TENS = "(?:twin|der|veer|vijf|zes|zeven|tach|negen)tig"
NUMBERS = {
    NL: r"[\d€].*|[eé]én|nul|anderhal(?:f|ve)|half|halve|driekwart|twee|drie|vier|vijf|zes|zeven|acht|negen|"
    rf"tien|elf|twaalf|dertien|veertien|(?:{_ONES})tien|{_TENS}|(?:{_ONES})[eë]n{_TENS}|(?:\w*(?:{_ONES}|tien))?"
    r"(?:honderd|duizend)\w*",
    EN: r"[\d£€$].*|zero|half|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|"
    r"(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:-\w+)?|hundreds?|thousands?",
}
"""Figures, and the words for a number; “een” in Dutch and “a” in English are articles."""

ORDERS = {
    NL: "begin bel doe draag durf gebruik geef ga haal hang houd jaag keer kies kijk kom laat leer leg lees "
    "leen loop loot luister maak meet meld neem noem onderteken open oefen pak plan praat prijs probeer rangschik "
    "reken ruil ruim schenk schrap schrijf sla sluit smijt spaar speel stel steek stop streep stuur tel teken test "
    "trek vergeet verkoop vergelijk verdeel verlies verhoog verlaag verplaats vier vind vraag wacht wees weiger wed "
    "win zeg zet zoek zwijg bewaar bied breng betaal bedank bereken",
    EN: "add ask be begin bet bring buy calculate call check choose close come compare count cross cut dare "
    "divide do don’t draw drop find fire follow forget get give go hand hang hold invite keep leave lend let "
    "listen look lose make measure meet move name never open pay pick place plan play practise pull put raise "
    "read refuse ring run say see sell send set show sign split start stay stop strike swap take talk tell test "
    "thank throw toss try turn wait weigh win write",
}
"""Verbs that give an order when a title begins with them."""


def find_form(thought: Thought) -> str:
    """The form of a title, by a rule that anybody can apply.

    A question ends in a question mark. Else the first word decides: a number, or a verb of the list above. All the
    rest are statements; so a verb that is missing from the list counts against us there.
    """
    first = read_words(thought.title)[0]
    if thought.title.rstrip("”’").endswith("?"):
        return "question"
    if re.fullmatch(NUMBERS[thought.language], first):
        return "number"
    return "imperative" if first in ORDERS[thought.language].split() else "statement"


@pytest.mark.parametrize(
    "language, title, form",
    [
        (NL, "Wie zet je op het podium?", "question"),
        (NL, "Eenennegentig paren", "number"),
        (NL, "Eén dag", "number"),
        (NL, "Driehonderd mensen", "number"),
        (NL, "12 regels", "number"),
        (NL, "Een dag zonder", "statement"),
        (NL, "Vierkant is ook een vorm", "statement"),
        (NL, "Bel wie nooit klant werd", "imperative"),
        (EN, "Fourteen customers", "number"),
        (EN, "Ninety-one pairs", "number"),
        (EN, "One of many", "number"),
        (EN, "Often right", "statement"),
        (EN, "Ring someone who never bought", "imperative"),
    ],
)
def test_a_title_is_known_by_its_end_or_its_first_word(
    project: Newsletter, language: Language, title: str, form: str
) -> None:
    assert find_form(replace(project.playbook.thoughts[language][0], title=title)) == form


def test_no_form_of_title_is_over_half(thoughts: tuple[Thought, ...]) -> None:
    forms = defaultdict(list)
    for thought in thoughts:
        forms[find_form(thought)].append(f"{name(thought)}: {thought.title}")
    wrong = [
        f"{len(titles)} of {len(thoughts)} titles are a {form}:\n" + "\n".join(titles)
        for form, titles in forms.items()
        if len(titles) * 2 > len(thoughts)
    ]
    assert not wrong, "\n".join(wrong)


def find_place(thought: Thought) -> str | None:
    """Where a thought cites its first study: the number of the paragraph, from the fourth on “later”; None without."""
    for number, paragraph in enumerate(split_paragraphs(thought), start=1):
        if "[^" in paragraph:
            return str(number) if number < 4 else "later"
    return None


def split_paragraphs(thought: Thought) -> list[str]:
    """A list or a quotation is one."""
    return re.split(r"\n\s*\n", thought.markdown.strip())


def find_closing(thought: Thought) -> str:
    """How a thought ends, by its last sentence."""
    last = re.sub(r"\[\^[^\]]+\]", "", split_paragraphs(thought)[-1]).strip()
    sentences = re.split(r"(?<=[.?!…])[”’]?\s+", last)
    sentence = sentences[-1]
    if sentence.endswith(("”", "’")):
        return "quotation"
    if sentence.endswith("?"):
        return "question"
    if re.search(r"\d", sentence):
        return "figure"
    first, second, *_ = [*read_words(sentence), "", ""]
    if (second if first in {"then", "so"} else first) in ORDERS[thought.language].split():
        return "order"
    return "line of its own" if len(sentences) == 1 and len(sentence.split()) <= 16 else "statement"


USED_UP = {
    NL: ("naast", "tien minuten", "verkoopboek|boek over verkopen"),
    EN: ("beside|next to", "ten minutes", "sales manual|book on selling"),
}
"""What too many thoughts had once: put this beside that, what it costs, and who was wrong."""


def test_no_form_is_over_a_third(thoughts: tuple[Thought, ...]) -> None:
    """Readers notice a mould by the third letter: where the study is, how many paragraphs, how it ends."""
    forms = {
        "cite a study first in paragraph": [place for one in thoughts if (place := find_place(one))],
        "have as many paragraphs as": [str(len(split_paragraphs(one))) for one in thoughts],
        "end with a": [find_closing(one) for one in thoughts],
    }
    wrong = [
        f"{number} of {len(found)} {what} {form}"
        for what, found in forms.items()
        for form, number in Counter(found).items()
        if number * 3 > len(found)
    ]
    assert not wrong, "\n".join(wrong)


def test_what_is_used_up_is_rare(thoughts: tuple[Thought, ...]) -> None:
    for phrase in USED_UP[thoughts[0].language]:
        found = [
            name(one) for one in thoughts if re.search(rf"\b({phrase})\b", f"{one.summary} {one.markdown}")
        ]
        assert len(found) <= 4, f"“{phrase}”: {', '.join(found)}"


def test_one_in_four_thoughts_has_no_study(thoughts: tuple[Thought, ...]) -> None:
    without = sum(find_place(one) is None for one in thoughts)
    assert 4 * without >= len(thoughts)


def test_a_lesson_is_short_and_its_title_and_summary_fit_an_inbox(project: Newsletter) -> None:
    wrong = []
    for lesson in chain.from_iterable(project.playbook.lessons.values()):
        text = re.sub(r"\[\^[^\]]+\]", "", lesson.sections[0].markdown)
        found = len(lesson.title), len(lesson.summary), len(text.split())
        if found[0] >= 50 or found[1] >= 110 or not 120 <= found[2] <= 220:
            wrong.append(f"{lesson.source.name}: title, summary and words are {found}")
    assert not wrong, "\n".join(wrong)
    assert all(len(lessons) == len(IDS) for lessons in project.playbook.lessons.values())


def test_a_lesson_repeats_no_thought(project: Newsletter) -> None:
    """Six words in a row; that a study is told in the same words is another matter."""
    for language, lessons in project.playbook.lessons.items():
        thoughts = [read_words(thought.markdown) for thought in project.playbook.thoughts[language]]
        known = {tuple(words[start : start + 6]) for words in thoughts for start in range(len(words) - 5)}
        for lesson in lessons:
            words = read_words(lesson.sections[0].markdown)
            sixes = (tuple(words[start : start + 6]) for start in range(len(words) - 5))
            same = [" ".join(six) for six in sixes if six in known]
            assert not same, f"{lesson.source.name}: {same}"


def test_our_words_stand_everywhere(project: Newsletter) -> None:
    """On pages, in the assessment and in what the program says too, where `generate check` does not look for them."""
    wrong = []
    for language, style in project.style.items():
        paths = [
            *(ROOT / "docs" / language).rglob("*.md"),
            ROOT / f"newsletter/assessment.{language}.yaml",
            ROOT / f"templates/words/{language}.toml",
        ]
        for path in paths:
            for number, line in enumerate(path.read_text("utf-8").split("\n"), start=1):
                wrong += [
                    f"{path.relative_to(ROOT)}:{number}: “{line[start:end]}” is not our word for it"
                    for start, end in find_phrases(line, tuple(style.terms))
                ]
    assert not wrong, "\n".join(wrong)


def test_no_phrase_of_five_words_stands_in_more_than_two_thoughts(thoughts: tuple[Thought, ...]) -> None:
    """In a summary or a paragraph; titles are headings."""
    places = defaultdict(set)
    for thought in thoughts:
        for paragraph in (thought.summary, *thought.markdown.split("\n\n")):
            words = read_words(paragraph)
            for start in range(len(words) - 4):
                places[" ".join(words[start : start + 5])].add(name(thought))
    wrong = [f"“{phrase}”: {', '.join(sorted(files))}" for phrase, files in places.items() if len(files) > 2]
    assert not wrong, "\n".join(wrong)


def test_every_item_is_used_once_to_three_times(project: Newsletter) -> None:
    """So that no reader gets the same action every month, and none is forgotten."""
    uses = defaultdict(list)
    for thought in project.playbook.thoughts[NL]:
        for action in thought.actions:
            uses[action].append(thought.slug)
    items = [item.id for certainty in project.playbook.certainties[NL] for item in certainty.items]
    wrong = [
        f"{item} is used {len(uses[item])} times, not once to three times: {', '.join(uses[item])}"
        for item in items
        if not 1 <= len(uses[item]) <= 3
    ]
    assert not wrong, "\n".join(wrong)


def test_thirty_thoughts_have_a_source(thoughts: tuple[Thought, ...]) -> None:
    found = sum(bool(thought.sources) for thought in thoughts)
    assert found >= 30, f"{found} of {len(thoughts)} thoughts have a source"


def test_every_fact_that_may_be_cited_is_cited(project: Newsletter) -> None:
    """By a page or a thought; one that nobody needs is left out of the evidence, or is never cited at all."""
    playbook = project.playbook
    texts = [*playbook.certainties.values(), *playbook.pages.values(), *playbook.thoughts.values()]
    cited = {source for one in chain(*texts) for source in re.findall(r"\[\^([^\]]+)\]", one.markdown)}
    unused = [fact.id for fact in playbook.facts.values() if fact.use == "cite" and fact.id not in cited]
    assert not unused, f"newsletter/evidence.yaml: no page or thought cites {', '.join(unused)}"


def test_each_certainty_argues_once_against_the_usual_advice(project: Newsletter) -> None:
    """With evidence: reading refuses `against` without a source."""
    found = {thought.certainty for thought in project.playbook.thoughts[NL] if thought.against}
    missing = [f"newsletter/thoughts/{one}/: no thought has against: true" for one in IDS if one not in found]
    assert not missing, "\n".join(missing)


# --- Other texts ---


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_assessment_asks_21_questions_with_four_different_answers(
    project: Newsletter, language: Language
) -> None:
    assessment = project.playbook.assessment[language]
    questions = [question for asked in assessment.questions.values() for question in asked.values()]
    assert len(set(questions)) == len(questions) == 21
    assert all(question.endswith("?") for question in questions)
    assert [aspect.id for aspect in assessment.aspects] == ["idea", "strategy", "execution"]
    answers = [answer for aspect in assessment.aspects for answer in (*aspect.anchors, assessment.unknown)]
    assert len(answers) == 15
    assert all(len({*aspect.anchors, assessment.unknown}) == 5 for aspect in assessment.aspects)
    assert not re.search(r"!|<|\*|\d ?%", " ".join([*questions, *answers]))


def test_the_figures_of_the_article_stand_on_their_page_only(project: Newsletter) -> None:
    """32, 92 and 84 % are the author's; nothing else may lean on them."""
    playbook = project.playbook
    texts = [
        (one.source, one.markdown)
        for one in chain(*playbook.certainties.values(), *playbook.thoughts.values())
    ]
    texts += [
        (page.source, page.markdown)
        for page in chain(*playbook.pages.values())
        if page.name != "about-the-numbers"
    ]
    texts += [
        (one.source, one.markdown) for issue in project.archive.issues for one in issue.editions.values()
    ]
    for source, text in texts:
        assert not re.search(r"\b(32|92|84) ?%", text), source


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_nobody_can_sign_up_the_page_of_the_letter_tells_nobody_how(
    project: Newsletter, language: Language
) -> None:
    words = {
        NL: ["ben je aangemeld", "onder het formulier", "om te stoppen"],
        EN: ["are you subscribed", "below the form", "to end it"],
    }
    none = load_words(ROOT)[language]["site"]["signup_none"]
    for service in ("https://letter.example.org/", ""):
        changed = replace(project, settings=replace(project.settings, service_url=service))
        page = {str(one.path): one.content for one in render_pages(changed, language)}["newsletter.md"]
        text = page.decode()
        assert (none in text) is not bool(service)
        assert [word for word in words[language] if word in text] == (words[language] if service else [])


def test_nobody_shouts(project: Newsletter) -> None:
    for text in chain(*project.playbook.thoughts.values(), *project.playbook.pages.values()):
        assert "!" not in re.sub(r"<!--.*?-->", "", text.markdown), text.source
