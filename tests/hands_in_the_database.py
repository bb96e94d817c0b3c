"""What the owner of a database can do to pieces: the product only finds it afterwards."""

from __future__ import annotations

from typing import Any

from django.db import connection

from records.models import Document
from tests.factories import behind_the_product


def rewrite(document: Document, **columns: Any) -> None:
    with behind_the_product():
        Document.objects.filter(pk=document.pk).update(**columns)


def take_out(document: Document) -> None:
    """The row of a piece, and whatever names it, as if it had never been filed."""
    key = Document._meta.get_field("id").get_db_prep_value(document.pk, connection)
    with behind_the_product(), connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            columns = {column.name for column in connection.introspection.get_table_description(cursor, table)}
            if "document_id" in columns and table.startswith("records_"):
                cursor.execute(f'DELETE FROM "{table}" WHERE document_id = %s', [key])
        cursor.execute("DELETE FROM records_document WHERE id = %s", [key])
