"""What values are called on the screen."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tocsin.catalogue import languages
from tocsin.catalogue.tree import State
from tocsin.disclosure.closing import Element
from tocsin.disclosure.consent import Spoken
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.posture import CauseSide, Certainty, Posture
from tocsin.disclosure.severity import Severity
from tocsin.incidents.models import IncidentKind, MomentKind, Touched
from tocsin.incidents.plans import Stage
from tocsin.people.factors import Kind
from tocsin.people.models import Role
from tocsin.statements.models import Step

Labels = Mapping[str, str | Promise]

STATES: Labels = {
    State.OPERATIONAL: _("working"),
    State.MAINTENANCE: _("under maintenance"),
    State.DEGRADED: _("slow"),
    State.PARTIAL: _("partly failing"),
    State.MAJOR: _("down"),
}
SEVERITIES: Labels = {
    Severity.SEV1: _("sev 1"),
    Severity.SEV2: _("sev 2"),
    Severity.SEV3: _("sev 3"),
    Severity.SEV4: _("sev 4"),
}
SEVERITY_MEANINGS: Labels = {
    Severity.SEV1: _("most customers cannot use a core function, or data is at risk"),
    Severity.SEV2: _("a core function badly degraded, or one region or plan down"),
    Severity.SEV3: _("partial trouble, a workaround exists"),
    Severity.SEV4: _("no effect that customers can see"),
}
PHASES: Labels = {
    Phase.HOLDING: _("Holding"),
    Phase.INVESTIGATING: _("Investigating"),
    Phase.IDENTIFIED: _("Identified"),
    Phase.MONITORING: _("Monitoring"),
    Phase.RESOLVED: _("Resolved"),
    Phase.ACCOUNT: _("Account"),
    Phase.ANNOUNCED: _("Planned"),
    Phase.BEGUN: _("Under way"),
    Phase.CHECKING: _("Being checked"),
    Phase.ENDED: _("Over"),
    Phase.CANCELLED: _("Cancelled"),
}
SPOKEN: Labels = {
    **{spoken: PHASES[Phase(spoken)] for spoken in Spoken if spoken.value in list(Phase)},
    Spoken.CORRECTION: _("Correction"),
    Spoken.TRANSLATION: _("Translation"),
}
STAGES: Labels = {
    Stage.ANNOUNCED: _("Planned"),
    Stage.BEGUN: _("Under way"),
    Stage.CHECKING: _("Being checked"),
    Stage.ENDED: _("Over"),
    Stage.CANCELLED: _("Cancelled"),
    Stage.OVERRUN: _("Longer than announced"),
}
POSTURES: Labels = {
    Posture.UNKNOWN: _("not known yet"),
    Posture.CHANGE: _("a change of ours"),
    Posture.DESIGN: _("our design"),
    Posture.SUPPLIER: _("a service we rely on"),
    Posture.ATTACK: _("an attack"),
    Posture.ACCIDENT: _("an accident outside"),
    Posture.YOURS: _("on the customer's side, checked"),
}
ELEMENTS: Labels = {
    Element.START: _("when it began"),
    Element.EFFECT: _("what its whole effect was"),
    Element.LINGERING: _("what may linger, or that nothing does"),
    Element.DATA: _("what became of their data"),
    Element.ACTION: _("what they need to do, or that it is nothing"),
    Element.ACCOUNT: _("by when the full account comes"),
}
KINDS: Labels = {
    IncidentKind.INCIDENT: _("something does not work"),
    IncidentKind.SECURITY: _("security: data or access may be in others' hands"),
}
SIDES: Labels = {
    CauseSide.OURS: _("ours"),
    CauseSide.UPSTREAM: _("a service we rely on"),
    CauseSide.YOURS: _("yours, checked"),
    CauseSide.UNKNOWN: _("not known yet"),
}
CERTAINTIES: Labels = {
    Certainty.UNKNOWN: _("not known yet"),
    Certainty.SUSPECTED: _("suspected"),
    Certainty.VERIFIED: _("verified"),
}
MOMENTS: Labels = {
    MomentKind.STARTED: _("Effect began"),
    MomentKind.DETECTED: _("Detected"),
    MomentKind.AWARE: _("We knew"),
    MomentKind.CUSTOMER_FIRST: _("First customer report"),
    MomentKind.MITIGATED: _("Mitigated"),
    MomentKind.ENDED: _("Effect ended"),
    MomentKind.CLASSIFIED_MAJOR: _("Classified as major"),
    MomentKind.DETERMINED: _("Determined to be notifiable"),
    MomentKind.MATERIAL: _("Found material"),
    MomentKind.PAID: _("Ransom paid"),
    MomentKind.FIX_AVAILABLE: _("Fix available"),
}
CHANNELS: Labels = {
    "email": _("E-mail"),
    "slack": "Slack",
    "teams": "Teams",
    "discord": "Discord",
    "webhook": _("Webhook"),
}
TOUCHED: Labels = {
    Touched.UNKNOWN: _("not known yet"),
    Touched.YES: _("yes"),
    Touched.NO: _("no"),
}
ROLES: Labels = {
    Role.OWNER: _("Owner"),
    Role.INCIDENT_LEAD: _("Incident lead"),
    Role.RESPONDER: _("Responder"),
    Role.COMMUNICATIONS: _("Communications"),
    Role.LEGAL: _("Legal"),
    Role.SECURITY: _("Security"),
    Role.READER: _("Looks on"),
}
ROLE_MEANINGS: Labels = {
    Role.OWNER: _("everything, people and pages included"),
    Role.INCIDENT_LEAD: _("incidents, and also components, subscribers and held announcements"),
    Role.RESPONDER: _("declares, says more, resolves"),
    Role.COMMUNICATIONS: _("says words, and clears those of others where the policy asks for it"),
    Role.LEGAL: _("clears words where the policy asks for it"),
    Role.SECURITY: _("clears words about attacks where the policy asks for it"),
    Role.READER: _("sees everything, changes nothing"),
}


FACTORS: Labels = {
    Kind.APP: _("An app that shows codes"),
    Kind.PASSKEY: _("A passkey"),
    Kind.RECOVERY: _("Recovery codes"),
}
FACTOR_CHANGES: Labels = {
    f"added {Kind.APP}": _("An app that shows codes was added."),
    f"added {Kind.PASSKEY}": _("A passkey was added."),
    f"added {Kind.RECOVERY}": _("New recovery codes were made; the former ones ended."),
    f"removed {Kind.APP}": _("The app that shows codes was removed."),
    f"removed {Kind.PASSKEY}": _("A passkey was removed."),
    "reset": _("Your second factor and recovery codes were removed by whoever runs the house."),
}


def language(code: str) -> str:
    """A language as the operator calls it."""
    return languages.called(code, get_language() or languages.SOURCE).name


# Journal tags in words; a tag without any is shown as it is.
STEPS: Labels = {
    Step.DUE: _("due now"),
    Step.PAST: _("past its time"),
    Step.MISSED: _("overdue on the page"),
}
ACTS: Labels = {
    "people:operator:invited": _("invited somebody"),
    "rehearse:drill:run": _("ran a drill"),
    "people:operator:joined": _("joined"),
    "people:operator:revoked": _("let somebody go"),
    "people:operator:admitted": _("signed in"),
    "people:role:ended": _("ended somebody’s role"),
    "people:factor:added": _("added a second factor"),
    "people:factor:renamed": _("named a passkey"),
    "people:factor:removed": _("removed a second factor"),
    "people:factor:used": _("used a recovery code"),
    "people:factor:doubted": _("showed a passkey that counted backwards"),
    "people:factor:reset": _("let somebody begin anew with their second factor"),
    "people:requirement:begun": _("asked for a second factor"),
    "people:requirement:ended": _("asks for a second factor no longer"),
    "people:identity:tied": _("tied somebody to their provider"),
    "people:role:given": _("gave somebody a role, as their provider says"),
    "people:key:created": _("made a key"),
    "people:key:revoked": _("revoked a key"),
    "watch:hook:created": _("let a source of alerts in"),
    "watch:hook:changed": _("changed how alerts come in"),
    "watch:hook:revoked": _("let a source of alerts in no longer"),
    "api:incident:withdrawn": _("withdrew an incident"),
    "catalogue:component:moved": _("moved a component"),
    "catalogue:component:shown": _("changed how a component is shown"),
    "statements:draft:dropped": _("dropped a draft"),
    "catalogue:page:opened": _("opened a page"),
    "catalogue:page:changed": _("changed a page"),
    "catalogue:page:weighed": _("changed what counts as down"),
    "catalogue:page:score_shown": _("let readers see how well they are told"),
    "catalogue:page:score_hidden": _("took the page’s score from its readers"),
    "catalogue:component:added": _("added a component"),
    "catalogue:component:reworded": _("reworded a component"),
    "catalogue:component:retired": _("retired a component"),
    "incidents:incident:declared": _("declared an incident"),
    "incidents:incident:escalated": _("changed what is known of an incident"),
    "incidents:incident:resolved": _("resolved an incident"),
    "incidents:incident:reopened": _("reopened an incident"),
    "incidents:incident:timed": _("recorded a time"),
    "incidents:incident:learned": _("wrote down an internal fact"),
    "incidents:incident:answered": _("said which reports may be owed"),
    "incidents:report:submitted": _("recorded a report that was submitted"),
    "incidents:report:set_aside": _("recorded that a report is not owed"),
    "incidents:report:withdrawn": _("withdrew what was recorded of a report"),
    "incidents:clocks:adopted": _("adopted clocks of the page's own"),
    "incidents:drafted:opened": _("drafted an incident"),
    "incidents:drafted:changed": _("drafted it anew"),
    "incidents:drafted:said": _("said what alerts had drafted"),
    "incidents:drafted:joined": _("brought what was drafted to an incident"),
    "incidents:drafted:dismissed": _("dismissed what alerts had drafted"),
    "incidents:drafted:lapsed": _("closed a draft that had long been over"),
    "incidents:window:planned": _("planned work"),
    "incidents:window:moved": _("moved planned work"),
    "incidents:window:extended": _("changed the end of planned work"),
    "incidents:window:cancelled": _("cancelled planned work"),
    "incidents:window:begun": _("began planned work"),
    "incidents:window:done": _("finished planned work, to be checked"),
    "incidents:window:ended": _("ended planned work"),
    "incidents:window:overran": _("saw planned work outlast its window"),
    "incidents:series:planned": _("planned work that comes again"),
    "incidents:series:ended": _("let planned work come no more"),
    "statements:ready:withdrawn": _("withdrew words that waited"),
    "statements:draft:opened": _("opened a draft"),
    "statements:draft:revised": _("revised a draft"),
    "statements:finding:waved": _("let a phrase stand that the coach had marked"),
    "statements:finding:heeded": _("let words go that the coach had marked"),
    "statements:clearance:requested": _("asked for consent to a word"),
    "statements:clearance:granted": _("gave leave to publish"),
    "statements:clearance:sent_back": _("sent a word back"),
    "statements:clearance:lapsed": _("saw that nobody consented in time"),
    "statements:clearance:withdrawn": _("took a word back that waited for consent"),
    "statements:publication:published": _("published"),
    "statements:shout:taken_in": _("took in what was shouted"),
    "statements:policy:adopted": _("adopted a policy"),
    "statements:sheet:signed": _("recorded that a policy was signed"),
    "statements:sheet:withdrawn": _("took back a signature that was recorded by mistake"),
    "statements:coach:adopted": _("changed how the coach reads"),
    "statements:debt:kept": _("kept the word that was owed"),
    "statements:debt:missed": _("saw that no word came in time"),
    "statements:debt:paid": _("said the word that was overdue"),
    "statements:debt:nudged": _("reminded who owes a word"),
    "announcements:announcement:held": _("held an announcement"),
    "announcements:announcement:released": _("released an announcement"),
    "announcements:announcement:dropped": _("dropped an announcement"),
    "announcements:subscribers:imported": _("brought a list of subscribers along"),
    "announcements:subscription:asked": _("asked for a subscription"),
    "announcements:subscription:confirmed": _("confirmed a subscription"),
    "announcements:subscription:preferred": _("changed what a subscriber is told"),
    "announcements:subscription:unsubscribed": _("ended a subscription"),
    "announcements:subscription:forgotten": _("erased a subscriber"),
    "announcements:subscription:bounced": _("found an address that does not exist"),
    "announcements:subscription:secret_shown": _("was shown a webhook's secret"),
    "announcements:subscription:secret_renewed": _("renewed a webhook's secret"),
    "people:link:made": _("made a one-time link"),
    "followup:account:kept": _("wrote an account down"),
    "followup:account:asked": _("asked somebody to read an account"),
    "followup:account:comment": _("commented on an account"),
    "followup:account:answer": _("answered a comment on an account"),
    "followup:promise:made": _("promised something"),
    "followup:promise:reworded": _("reworded a promise"),
    "followup:promise:slipped": _("moved a promise to another day"),
    "followup:promise:proved": _("proved a promise"),
    "followup:promise:dropped": _("dropped a promise"),
    "followup:evidence:exported": _("took out the evidence of an incident"),
}

# The house's own actors by their name in the journal; people are shown by theirs.
ACTORS: Labels = {
    "the terminal": _("the terminal"),
    "the policy": _("the policy"),
    "the alerts": _("the alerts"),
}
