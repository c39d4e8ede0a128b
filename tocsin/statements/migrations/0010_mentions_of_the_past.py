from django.db import migrations

AT_ONCE = 500


def look_through_what_was_said(apps, schema_editor):
    """As statements.mentions does for what is said from now on."""
    mention = apps.get_model("statements", "Mention")
    known = set(apps.get_model("catalogue", "Component").objects.values_list("pk", flat=True))
    said = apps.get_model("statements", "Publication").objects.exclude(kind="translation")
    told = said.order_by("audience_id", "number").values_list(
        "pk", "audience_id", "incident_id", "content"
    )
    found = {}
    for key, audience_id, incident_id, content in told.iterator(chunk_size=AT_ONCE):
        about = {"incident_id": incident_id} if incident_id else {"publication_id": key}
        for component_id in _named_in(content) & known:
            mark = (audience_id, component_id, incident_id or key)
            found[mark] = mention(audience_id=audience_id, component_id=component_id, **about)
        if len(found) >= AT_ONCE:
            mention.objects.bulk_create(found.values(), ignore_conflicts=True, batch_size=AT_ONCE)
            found = {}
    mention.objects.bulk_create(found.values(), ignore_conflicts=True, batch_size=AT_ONCE)


def _named_in(content):
    changed = {change[0] for change in content["changes"]}
    words = content.get("words") or {}
    return changed | set(words.get("impacts", ())) | set(content.get("said", ()))


class Migration(migrations.Migration):
    # Apart from the table: on PostgreSQL its indexes, by which nothing doubles, come after it.
    dependencies = [("statements", "0009_mention")]

    operations = [migrations.RunPython(look_through_what_was_said, migrations.RunPython.noop)]
