"""`tocsin`: one command, in the words of the story."""

import click

from tocsin.cli.commands import Commands, Entry

ENTRIES = {
    "serve": Entry("tocsin.cli.serve:serve", "front, web, worker and clock in one", False),
    "declare": Entry("tocsin.cli.incidents:declare", "open an incident and say the first word"),
    "update": Entry("tocsin.cli.incidents:update", "say more of an incident"),
    "resolve": Entry("tocsin.cli.incidents:resolve", "say that it is over"),
    "elsewhere": Entry(
        "tocsin.cli.elsewhere:elsewhere", "the newest word for a voice menu, a reply or a letter"
    ),
    "translate": Entry("tocsin.cli.translating:translate", "say a word in another language"),
    "correct": Entry("tocsin.cli.correcting:correct", "put right what an earlier word said"),
    "redact": Entry("tocsin.cli.correcting:redact", "take a secret out of what was published"),
    "account": Entry(
        "tocsin.cli.accounts:account", "what happened and what changes: draft, keep, publish, due"
    ),
    "downtime": Entry(
        "tocsin.cli.accounts:downtime", "how long an incident kept each component from its users"
    ),
    "promise": Entry(
        "tocsin.cli.promises:promise",
        "what was taken on after incidents: add, list, slip, prove, drop",
    ),
    "maintenance": Entry(
        "tocsin.cli.maintenance:maintenance",
        "planned work: plan, move, extend, cancel, begin, check, end, list",
    ),
    "template": Entry("tocsin.cli.templates:template", "the words brought along: list, show"),
    "review": Entry("tocsin.cli.reviewing:review", "what a careful reader would say of a text"),
    "shout": Entry("tocsin.cli.shouting:shout", "say it when all else is down", False),
    "status": Entry("tocsin.cli.status:status", "what is open, owed, and still being delivered"),
    "score": Entry("tocsin.cli.scoring:score", "how well a page told its readers"),
    "page": Entry("tocsin.cli.brands:page", "the pages: list, add, words, look, weights, access"),
    "audience": Entry(
        "tocsin.cli.audiences:audience", "closed circles of readers: add, list, admit, expel"
    ),
    "component": Entry(
        "tocsin.cli.catalogue:component", "what a page shows: list, add, words, state, retire"
    ),
    "policy": Entry(
        "tocsin.cli.policy:policy",
        "how soon a page speaks, and who lets it",
    ),
    "clear": Entry(
        "tocsin.cli.clearing:clear", "words that wait for consent: list, grant, send-back, withdraw"
    ),
    "coach": Entry("tocsin.cli.coach:coach", "how a page's words are read: show, check, adopt"),
    "hook": Entry("tocsin.cli.hooks:hook", "where alerts come in: create, list, change, revoke"),
    "clocks": Entry(
        "tocsin.cli.clocks:clocks", "reports that may be owed: due, answer, submitted, draft, list"
    ),
    "drafted": Entry("tocsin.cli.drafted:drafted", "what alerts suggest: list, say, dismiss"),
    "subscribe": Entry("tocsin.cli.readers:subscribe", "let one reader be told"),
    "subscribers": Entry(
        "tocsin.cli.readers:subscribers", "all who are told: list, import, forget"
    ),
    "import": Entry("tocsin.cli.moving:arrive", "bring a page along from another status page"),
    "apply": Entry("tocsin.cli.applying:apply", "make pages what a file says of them"),
    "export": Entry("tocsin.cli.leaving:export", "everything that is kept here, in one file"),
    "operators": Entry("tocsin.cli.people:operators", "who may act"),
    "people": Entry(
        "tocsin.cli.people:people", "how they come in: reset-factor, require-factor, end-role"
    ),
    "key": Entry("tocsin.cli.keys:key", "keys to the manage API: create, list, revoke"),
    "invite": Entry("tocsin.cli.people:invite", "let somebody in, by a one-time link"),
    "compile": Entry("tocsin.cli.upkeep:compile_site", "a page as plain files in a directory"),
    "evidence": Entry(
        "tocsin.cli.evidence:evidence", "all that was said of an incident, sealed in one file"
    ),
    "verify": Entry(
        "tocsin.cli.verifying:verify", "check the record, or an evidence bundle anywhere", False
    ),
    "log": Entry("tocsin.cli.publiclog:log", "a page's public log, checked from anywhere", False),
    "doctor": Entry("tocsin.cli.doctor:doctor", "check the installation, with a mend for each ill"),
    "demo": Entry("tocsin.cli.demo:demo", "a fictional night, played: play, list, check, schema"),
    "drill": Entry(
        "tocsin.cli.drill:drill", "a night rehearsed on a shadow page, and scored: run, list, show"
    ),
    "worker": Entry("tocsin.cli.work:worker", "one more worker, on any machine", False),
    "front": Entry("tocsin.cli.serve:front", "one more front", False),
    "web": Entry("tocsin.cli.serve:web", "one more web process", False),
}
# Names that a later version fills, kept so that no script comes to mean something else by them.
RESERVED = {
    "backup": "Until then, copy the data directory while nothing runs.",
    "restore": "Until then, put a copied data directory back while nothing runs.",
}


@click.group(
    cls=Commands,
    entries=ENTRIES,
    reserved=RESERVED,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="tocsin", prog_name="tocsin")
def main() -> None:
    """Tell your customers about incidents: soon, straight, on time, and to the end."""


if __name__ == "__main__":
    main()
