from django.db import migrations
from django.utils.text import slugify


def give_addresses(apps, _schema_editor):  # noqa: ANN001, ANN201
    Cluster = apps.get_model("clusters", "Cluster")
    taken = set(Cluster.objects.exclude(slug=None).values_list("slug", flat=True))
    clusters = list(Cluster.objects.filter(slug=None).order_by("pk"))
    for cluster in clusters:
        slug = slugify(cluster.short_name)[:48] or "cluster"
        cluster.slug = f"{slug}-{cluster.pk}" if slug in taken else slug
        taken.add(cluster.slug)
    Cluster.objects.bulk_update(clusters, ["slug"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [
        ("clusters", "0008_public_profiles"),
    ]

    operations = [
        migrations.RunPython(give_addresses, migrations.RunPython.noop, elidable=True),
    ]
