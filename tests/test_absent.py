# SPDX-License-Identifier: Apache-2.0
"""What Callbox does not have, and therefore cannot get wrong. Whoever adds one of these answers its rules first.

Each is looked for in what the program imports, in the lock file, in its addresses and models, in what a browser gets.
"""

import ast
import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver

import callbox.urls  # noqa: F401 - hangs every room on the API
from callbox.host.config import CHECKOUT
from tests.asvs.sources import ROOT, browser_files, calls, imported, installed, modules, served


def assert_none(*names: str, packages: str = "") -> None:
    """Nothing of ours imports these, and the lock file has no package of this pattern."""
    assert imported() & set(names) == set()
    if packages:
        assert [name for name in installed() if re.fullmatch(packages, name)] == []


def assert_no_browser_file_says(pattern: str) -> None:
    assert [str(path) for path, text in browser_files().items() if re.search(pattern, text)] == []


def addresses(patterns: list[URLPattern | URLResolver] | None = None, before: str = "") -> Iterator[str]:
    """Every address of the pages and the API, as its pattern."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        here = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns, here)
        else:
            yield here


def test_what_is_looked_through_is_there() -> None:
    assert len(modules()) > 200
    assert {"django.urls.path", "asyncpg", "hashlib"} <= imported()
    assert {"django", "aiohttp", "cryptography"} <= installed()
    assert len(browser_files()) > 50
    assert {"sign-in", "account/password", "api/board"} <= set(addresses())


def test_no_ldap() -> None:
    assert_none("ldap", "ldap3", "bonsai", packages=r".*ldap.*")


WRITES_XML = ("Element", "SubElement", "tostring")


def test_one_file_reads_xml_and_nothing_asks_by_xpath() -> None:
    """What comes in over the network is never parsed as XML; a log in XES, of the command's, is, without entities."""
    tree, tags = "xml.etree.ElementTree", {"xml.parsers", "xml.parsers.expat"}
    found = {name for name in imported() if name.split(".")[0] == "xml"}
    assert found == {"xml", "xml.etree", tree, *(f"{tree}.{name}" for name in WRITES_XML)} | tags
    (path,) = (path for path, code in served() if "expat" in ast.unparse(code))
    assert "StartDoctypeDeclHandler" in (ROOT / path).read_text(encoding="utf-8")
    names = ("lxml", "defusedxml", "xmltodict", "html5lib", "bs4", "xmlrpc")
    assert_none(*names, packages=r"lxml.*|xmltodict|elementpath|xmlsec|untangle")


def test_no_latex() -> None:
    assert_none("pylatex", "latex", packages=r".*latex.*")
    told = "".join(ast.unparse(tree) for _path, tree in served())
    assert re.search(r"['\"](pdf|xe|lua)?latex['\"]", told) is None


def test_no_java() -> None:
    assert_none("jpype", "py4j", "jnius", "jaydebeapi", packages=r"jpype.*|py4j|pyjnius|jaydebeapi")


def test_no_memcache() -> None:
    assert_none("pylibmc", "pymemcache", "memcache", "bmemcached", packages=r".*memcache.*|pylibmc")
    assert "memcache" not in str(settings.CACHES)


def test_no_cache_of_answers_on_the_server() -> None:
    assert_none("django.core.cache", "django.views.decorators.cache.cache_page", "cachetools", "redis")
    assert [one for one in settings.MIDDLEWARE if "cache" in one.lower()] == []


def test_mail_is_written_in_one_place_and_nobody_signs_in_by_it() -> None:
    assert_none("imaplib", "poplib", "django.core.mail", packages=r"aiosmtplib|yagmail")
    writing = {
        path.as_posix()
        for path, tree in modules().items()
        for node in ast.walk(tree)
        for name in _imports(node)
        if name.split(".")[0] in ("smtplib", "email")
    }
    assert writing == {"messages/gateways/smtp/__init__.py"}
    assert [
        field.name for field in apps.get_model("access.Person")._meta.fields if "mail" in field.name
    ] == []


def test_no_codes_by_telephone_or_push() -> None:
    assert_none(
        "twilio", "vonage", "phonenumbers", "pywebpush", packages=r"twilio|vonage|pywebpush|firebase.*"
    )
    assert set(settings.MFA_SUPPORTED_TYPES) == {"totp", "webauthn", "recovery_codes"}
    assert settings.ACCOUNT_EMAIL_VERIFICATION == "none"


def test_no_deserialising_that_makes_objects() -> None:
    assert_none("pickle", "shelve", "marshal", "dill", "cloudpickle", "jsonpickle", "joblib")
    assert "JSONSerializer" in settings.SESSION_SERIALIZER
    unsafe = [
        (str(path), name)
        for path, tree in modules().items()
        for name, call in calls(tree)
        if name.startswith("yaml.") and not name.endswith(("Error", "Event", "safe_load"))
        if not {"yaml.SafeLoader", "yaml.CSafeLoader"} & {*map(ast.unparse, call.args)}
    ]
    assert unsafe == []


def test_no_graphql() -> None:
    assert_none("graphene", "strawberry", "ariadne", "graphql", packages=r"graphene.*|strawberry.*|ariadne")
    assert [one for one in addresses() if "graphql" in one.lower()] == []


def test_no_websocket() -> None:
    assert_none("websockets", "websocket", "channels", "wsproto", "daphne", packages=r"channels.*|daphne")
    assert_no_browser_file_says(r"WebSocket|wss?://")
    door = (ROOT / "door" / "app.py").read_text(encoding="utf-8")
    refused = 'elif scope["type"] == "websocket":\n            await send({"type": "websocket.close"})'
    assert refused in door
    assert "websocket" not in door.replace(refused, "")


def test_no_webrtc() -> None:
    assert_none(
        "aiortc", "aioice", "pylibsrtp", packages=r"aiortc|aioice|.*webrtc.*|.*srtp.*|livekit.*|janus.*"
    )
    assert_no_browser_file_says(r"RTC[A-Z]\w+|getUserMedia|mediaDevices|\b(stun|turns?):[a-z]")


def test_no_saml() -> None:
    names = ("saml2", "onelogin", "allauth.socialaccount.providers.saml")
    assert_none(*names, packages=r".*saml.*")
    assert [app for app in settings.INSTALLED_APPS if "saml" in app] == []


def test_no_text_of_people_is_markup() -> None:
    """What people write is text: no editor, no markup language, no pictures that carry scripts."""
    names = ("markdown", "markdown2", "mistune", "bleach", "nh3", "docutils", "commonmark", "bbcode")
    assert_none(*names, packages=r"(?!markdown-it-py)(markdown|mistune|bleach|nh3|bbcode|commonmark).*")
    assert_no_browser_file_says(r"contenteditable|tinymce|ckeditor|quill")
    assert_none("django.utils.safestring.mark_safe")
    # The printout's parts are drawn by a template of their own, which escapes.
    assert_no_browser_file_says(r"(?<!\{\{ part)\|\s*safe\b|autoescape off")


def test_no_template_is_made_from_text() -> None:
    assert_none("jinja2", "mako", "django.template.Template", "django.template.Engine")
    for path, tree in served():
        for name, call in calls(tree):
            assert not name.endswith("from_string"), path
            if "from string import Template" in ast.unparse(tree) and name == "Template":  # of a file of ours
                assert "DATA /" in ast.unparse(call.args[0]), path


def test_no_code_is_made_from_text() -> None:
    bad = {"eval", "exec", "compile", "__import__", "os.system", "os.popen"}
    assert [(str(path), name) for path, tree in served() for name, _call in calls(tree) if name in bad] == []
    assert_no_browser_file_says(r"\beval\(|new Function|document\.write|set(Timeout|Interval)\(\s*['\"`]")


def test_no_shell() -> None:
    for path, tree in modules().items():
        for name, call in calls(tree):
            if any(keyword.arg == "shell" for keyword in call.keywords):
                pytest.fail(f"{path}: {name} with a shell")
            if name.startswith("subprocess.") and call.args:
                assert not isinstance(call.args[0], ast.JoinedStr), f"{path}: {ast.unparse(call)[:80]}"


def test_no_format_and_no_pattern_is_made_from_what_people_type() -> None:
    """A format that is no constant is one of psycopg.sql, which quotes, or one of a table of ours."""
    tables = {"host/schema.py", "door/states.py", "messages/letters.py", "oversight/quick.py"}
    tables.add("oversight/sql/engine.py")
    for path, tree in served():
        for name, call in calls(tree):
            if name.endswith((".format", ".format_map")) and isinstance(call.func, ast.Attribute):
                told = ast.unparse(call.func.value)
                known = isinstance(call.func.value, ast.Constant) or told.startswith(("sql.SQL(", "super()"))
                assert known or path.as_posix() in tables, f"{path}: {told}"
            if name.startswith("re.") and name != "re.escape" and path.as_posix() != "geo/domain/text.py":
                assert isinstance(call.args[0], ast.Constant), f"{path}: {ast.unparse(call)[:80]}"


def test_no_table_is_read_past_parameters() -> None:
    """In what answers a request, the text of a statement is a constant; values go beside it."""
    tables = {"migrations", "fields.py"}  # there it says how a table is made
    edges = {"api.py", "views.py", "actions.py", "crew_api.py", "people_views.py", "account_views.py"}
    for path, tree in served():
        for name, call in calls(tree):
            last = name.rsplit(".", 1)[-1]
            assert last != "extra" or tables & set(path.parts), path
            constant = bool(call.args) and isinstance(call.args[0], ast.Constant)
            assert last != "RawSQL" or constant or tables & set(path.parts), path
            if path.name in edges and last in ("execute", "executemany", "raw") and call.args:
                assert not isinstance(call.args[0], ast.JoinedStr | ast.BinOp), path


def test_no_file_is_taken_from_a_browser_but_pictures() -> None:
    """A picture is the body of a request: no name, no folder for what is half there.

    Two edges take it as a file of a form: the page that works without script, and Open311, which asks for that.
    """
    assert_none("ninja.UploadedFile", "ninja.File", "ninja.files", "django.core.files.storage", "multipart")
    taking = {path.as_posix() for path, tree in served() if ".FILES" in ast.unparse(tree)}
    assert taking == {"requests/public_views.py", "requests/open311/views.py"}
    forms = [path.as_posix() for path, text in browser_files().items() if "multipart/form-data" in text]
    assert forms == ["requests/templates/requests/public/report.html"]
    reading = {path.as_posix() for path, tree in served() if "request.read(" in ast.unparse(tree)}
    assert reading == {"pictures/upload.py"}
    kept = [
        str(field)
        for model in apps.get_models()
        for field in model._meta.fields
        if isinstance(field, models.FileField)
    ]
    assert kept == []


def test_no_folder_of_what_people_sent_is_served() -> None:
    assert (settings.MEDIA_ROOT, settings.MEDIA_URL) in (("", ""), ("", "/"))
    assert [one for one in addresses() if "media" in one or "upload" in one] == []
    task, one = "systems/tasks/<uuidstr:task_id>", "pictures/<uuidstr:picture_id>"
    on = ("api/incidents/<uuidstr:incident_id>", "api/requests/<uuidstr:request_id>", f"api/{task}")
    added = {f"{each}/pictures" for each in on}
    shown = {f"api/{one}", f"api/{one}/preview", f"api/{task}/{one}"}
    found = {one for one in addresses() if "picture" in one and "admin" not in one}
    assert found == added | shown | {"report/picture"}


def test_nobody_else_asks_outside() -> None:
    """What speaks to others is known by name: web, directory, second party for seals, a recipe, gateways."""
    asking = re.compile(
        r"^(import|from) (urllib\.request|requests|aiohttp|http\.client|httpx|urllib3|socket|smtplib)\b"
    )
    found = {
        path.as_posix()
        for path, tree in served()
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom) and asking.match(ast.unparse(node))
    }
    known = {"door/proxy.py", "access/directory.py", "journal/witnesses/address.py"}
    known |= {
        f"messages/gateways/{name}.py"
        for name in ("asking", "cutting", "signed_http/__init__", "smtp/__init__")
    }
    known.add("messages/gateways/webhook/places.py")
    own_machine = {"door/options.py", "host/processes.py", "demo/live.py", "door/gauges.py"}  # itself
    answering = {"door/connection.py"}  # sets how long an end that confirms nothing is kept
    assert {path for path in found if not path.startswith("commands/")} == known | own_machine | answering


def test_no_authorization_server() -> None:
    names = ("oauth2_provider", "oidc_provider", "authlib", "allauth.idp")
    assert_none(*names, packages=r"django-oauth-toolkit|authlib|django-oidc-provider")
    assert [
        one for one in addresses() if re.search(r"oauth|authorize|\btoken\b|consent|\.well-known", one)
    ] == []
    assert [app for app in settings.INSTALLED_APPS if "idp" in app or "oauth2_provider" in app] == []


def test_no_access_token_opens_the_api() -> None:
    """The API knows one way to say who asks: the cookie of a session. That for agencies' systems takes a signature."""
    assert_none("ninja.security.HttpBearer", "ninja.security.APIKeyHeader", "ninja.security.HttpBasicAuth")
    assert_none("ninja.security.APIKeyQuery")
    reading = {
        path.as_posix() for path, tree in served() if re.search(r"['\"]authorization['\"]", ast.unparse(tree))
    }
    # The door's figures by a token of the operator's, and its state by a pass of our own page; no power of the policy.
    assert reading == {"door/readings.py", "door/condition.py"}


def test_no_logout_is_taken_from_the_directory() -> None:
    assert [
        one
        for one in addresses()
        if re.search(r"back-?channel|front-?channel|logout/", one) and "admin" not in one
    ] == []


def test_no_hints_and_no_secret_questions() -> None:
    fields = [field.name for field in apps.get_model("access.Person")._meta.fields]
    assert [name for name in fields if re.search(r"hint|question|answer|birth|maiden", name)] == []
    assert [
        one for one in addresses() if re.search(r"forgot|reset-password|password[_-]reset|hint", one)
    ] == []


def test_no_way_to_sign_oneself_up() -> None:
    assert [one for one in addresses() if re.search(r"sign-?up|register(?!s)", one)] == []
    assert [one for one in addresses() if one.startswith("accounts/")] == []


def test_no_memory_is_handled_by_hand() -> None:
    kinds = {".c", ".h", ".cpp", ".pyx", ".rs", ".so"}
    native = [path.relative_to(ROOT) for path in ROOT.rglob("*") if path.suffix in kinds]
    assert [str(path) for path in native if path.parts[0] not in ("benches", "drills")] == []
    touching = {"ctypes.memmove", "ctypes.memset", "ctypes.cast", "ctypes.string_at", "ctypes.from_address"}
    assert [str(path) for path, tree in served() for name, _call in calls(tree) if name in touching] == []


def test_no_message_of_another_window_is_listened_to() -> None:
    assert_no_browser_file_says(r"postMessage\(|window\.addEventListener\(\s*['\"]message|window\.onmessage")


def test_no_plug_in() -> None:
    assert_no_browser_file_says(r"<(object|embed|applet|param)\b|ActiveXObject|\.swf|silverlight")


def test_no_words_become_markup_in_the_browser() -> None:
    assert_no_browser_file_says(r"\b(inner|outer)HTML\b|insertAdjacentHTML|createContextualFragment|srcdoc")


def test_no_key_of_an_object_comes_from_outside() -> None:
    assert_no_browser_file_says(r"__proto__|Object\.assign\(\s*\w+\.prototype|setPrototypeOf|\.constructor\[")


def test_no_third_party_is_told_anything() -> None:
    """No page loads, counts or links anything of another host; map tiles and letters are our own."""
    known = (
        r"http://www\.w3\.org|https?://(www\.)?openstreetmap\.org|https?://localhost|https?://127\.0\.0\.1"
    )
    assert_no_browser_file_says(
        rf"(?i)(src|href|url|fetch|import)\s*[=(]\s*['\"]?(?!{known})(https?:)?//[a-z0-9]"
    )
    assert_none(
        "sentry_sdk", "newrelic", "datadog", "opentelemetry", packages=r"sentry.*|newrelic|ddtrace|datadog"
    )


def test_no_tool_of_the_workshop_runs_in_an_installation() -> None:
    apps_there = " ".join(settings.INSTALLED_APPS + settings.MIDDLEWARE)
    assert re.search(r"debug_toolbar|django_extensions|silk|runserver|browser_reload", apps_there) is None
    for path, tree in served():
        if path.parts[0] in ("commands", "__main__.py", "cli.py"):
            continue
        told = {name for node in ast.walk(tree) for name in _imports(node)}
        assert not {
            name for name in told if name.startswith(("callbox.drills", "callbox.benches", "tests", "pytest"))
        }, path


def _imports(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


def test_no_page_tells_how_the_api_is_made() -> None:
    from callbox.web.api import api

    open_to_all = [one for one in addresses() if re.search(r"docs|redoc|swagger|debug", one)]
    assert api.docs_url is None
    assert open_to_all == []


@pytest.mark.django_db
def test_no_account_is_there_from_the_beginning() -> None:
    from callbox.access.models import Person

    assert Person.objects.count() == 0
    made = [
        str(path)
        for path, tree in modules().items()
        if "migrations" in path.parts
        for name, _call in calls(tree)
        if name.endswith((".create_user", ".create_superuser")) or "Person.objects" in name
    ]
    assert made == []


def test_no_other_city_in_one_installation() -> None:
    """One installation, one city, one database: nobody's rows stand beside another tenant's."""
    assert list(settings.DATABASES) == ["default"]
    assert not [
        model
        for model in apps.get_models()
        if re.search(r"tenant|organisation|customer", model.__name__, re.I)
    ]


def test_no_version_control_in_what_is_served() -> None:
    assert not [path for path in ROOT.rglob(".*") if path.name in (".git", ".svn", ".hg", ".env")]
    assert str(CHECKOUT) not in str(getattr(settings, "STATICFILES_DIRS", []))
