# SPDX-License-Identifier: Apache-2.0
"""One answer in either format: JSON by the Spark convention, XML without a namespace, both UTF-8. Pure."""

import json
from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

JSON, XML = "json", "xml"
TYPES = {JSON: "application/json; charset=utf-8", XML: "text/xml; charset=utf-8"}
ONE_OF = {
    "services": "service",
    "service_requests": "request",
    "attributes": "attribute",
    "values": "value",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
}

type Value = str | int | float | bool | Mapping[str, "Value"] | Sequence["Value"] | None


def written(root: str, value: Value, form: str) -> bytes:
    """The answer. root: the name of the outermost element, which JSON does not say."""
    if form == JSON:
        return json.dumps(value, ensure_ascii=False).encode()
    top = Element(root)
    _fill(top, root, value)
    said: bytes = tostring(top, encoding="utf-8", xml_declaration=True, short_empty_elements=True)
    return said


def _fill(parent: Element, name: str, value: Value) -> None:
    if isinstance(value, Mapping):
        for key, each in value.items():
            _fill(SubElement(parent, key), key, each)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for each in value:
            _fill(SubElement(parent, ONE_OF[name]), ONE_OF[name], each)
    elif isinstance(value, bool):
        parent.text = "true" if value else "false"
    elif value is not None:
        parent.text = "".join(each for each in str(value) if each.isprintable() or each in "\n\t")
