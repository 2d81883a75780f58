"""Who asks, and which refusals a schema can't express.

Every entry here is a request that the description calls valid and the server may refuse all the same. Keep it short: what a
schema can express belongs into `openapi/limits.rs`.
"""

import atexit
import hashlib
import json
import os
import re
import urllib.error
import urllib.request
import uuid

import schemathesis
from schemathesis.core.parameters import ParameterLocation

SERVER = os.environ["RINGSIDE_CONFORMANCE_SERVER"]
PASSWORD = "ringside-demo"

# Whom the requests come from. Signing out ends tokens and wrong passwords are throttled by address, so each of the two has
# somebody of their own.
ROLE = os.environ["RINGSIDE_CONFORMANCE_EMAIL"]
SIGNS_OUT = "rui@ringside-demo.example"
CHANGES_PASSWORD = "leonie@ringside-demo.example"

# Where it is kept which operations were reached.
REACHED = os.environ.get("RINGSIDE_CONFORMANCE_REACHED")

VIDEO = ("squat.mp4", "video/mp4")
MEDIA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../src/tests/media")

WAITING = re.compile(r"[1-9]|1[0-9]|2[0-4]", re.ASCII)
CURSOR = re.compile(r"[A-Za-z0-9-]{1,64}\.[0-9]{1,18}", re.ASCII)

# Findings that are about one field and another, or a field and what is there; and a text's length in characters as
# people count them, as a schema counts code points.
BEYOND_A_SCHEMA = {
    "duplicate",
    "too-long",
    # Not the name of whoever is to be erased.
    "not-repeated",
    "unknown-reference",
    "wrong-password",
    "too-common",
    "contains-name",
    "out-of-order",
    "in-future",
}


def ask(method, path, token=None, body=None, **more):
    """Sends a request and returns the answer."""
    headers = {"Content-Type": "application/json", **more}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(SERVER + path, data, headers, method=method)
    try:
        with urllib.request.urlopen(request) as response:
            return json.loads(response.read() or "null")
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"{method} {path}: {error.read().decode()}") from error


def sign_in(email):
    """A new token of this person."""
    body = {"email": email, "password": PASSWORD, "device_name": "conformance"}
    return ask("POST", "/v1/auth/login", body=body)["access_token"]


@schemathesis.auth(refresh_interval=None)
class Bearer:
    """Signs requests."""

    tokens = {}

    def get(self, case, _context):
        if case.operation.path == "/v1/auth/logout":
            return sign_in(SIGNS_OUT)
        email = CHANGES_PASSWORD if case.operation.path == "/v1/me/password" else ROLE
        if email not in self.tokens:
            self.tokens[email] = sign_in(email)
        return self.tokens[email]

    def set(self, case, token, _context):
        case.headers["Authorization"] = f"Bearer {token}"


def start_training():
    """Starts a session, so that requests about sessions and rounds find something, and returns the ids in it."""
    athlete, trainer = sign_in("mara@ringside-demo.example"), sign_in("jonas@ringside-demo.example")
    session = ask("POST", "/v1/sessions", athlete, {})["id"]
    ask("POST", f"/v1/sessions/{session}/join", trainer, {})
    exercise = ask("GET", "/v1/exercises", trainer)["exercises"][0]["id"]
    plan = {"exercises": [{"exercise_id": exercise}, {"exercise_id": exercise}]}
    add = f"/v1/sessions/{session}/rounds"
    rounds = [ask("POST", add, trainer, {**plan, "release": release}) for release in (True, False, False, False)]
    return {
        "athletes": [ask("GET", "/v1/me", athlete)["id"]],
        "sessions": [session],
        "rounds": [round["id"] for round in rounds],
        "items": {round["id"]: [item["id"] for item in round["exercises"]] for round in rounds},
    }


def invite_people():
    """Adds people whom nothing else depends on, so that requests about people find some, and returns their ids."""
    admin = sign_in("admin@ringside-demo.example")
    # Once for each role that the API is tried with.
    run = uuid.uuid4()
    bodies = [{"name": f"Person {i}", "email": f"{run}-{i}@conformance.example", "roles": ["athlete"]} for i in range(5)]
    added = [ask("POST", "/v1/users", admin, body) for body in bodies]
    return {
        "users": [one["user"]["id"] for one in added],
        "codes": [one["invitation"]["code"] for one in added],
    }


def fill_library():
    """Adds exercises with a video, and templates, so that requests about them find some, and returns their ids."""
    token = sign_in("jonas@ringside-demo.example")
    exercises = [ask("POST", "/v1/exercises", token, exercise(f"{uuid.uuid4()}")) for _ in range(8)]
    for one in exercises[:4]:
        body = {"upload_id": upload(token, *VIDEO), "poster_upload_id": upload(token, "poster.jpg", "image/jpeg")}
        one.update(ask("PUT", f"/v1/exercises/{one['id']}/video", token, body, **{"If-Match": f'"{one["version"]}"'}))
    plan = {"exercises": [{"exercise_id": exercises[0]["id"]}]}
    templates = [
        ask("POST", "/v1/templates", token, {"name": f"{uuid.uuid4()}", "shared": False, "rounds": [plan]})
        for _ in range(6)
    ]
    return {
        "library": [one["id"] for one in exercises],
        # Each is used once, by whoever uploaded it.
        "files": [upload(sign_in(ROLE), *VIDEO) for _ in range(4)] if may_upload() else [],
        "videos": [one["video"]["id"] for one in exercises[:4]],
        "templates": [one["id"] for one in templates],
    }


def exercise(name):
    """An exercise of the library."""
    return {"name": name, "category": "own", "fields": ["reps"], "aliases": [], "muscles": [], "cue": None}


def upload(token, name, media_type):
    """Uploads one of the tests' files, and returns the id of the upload."""
    with open(os.path.join(MEDIA, name), "rb") as file:
        content = file.read()
    digest = hashlib.sha256(content).hexdigest()
    begun = ask("POST", "/v1/uploads", token, {"size_bytes": len(content), "sha256": digest, "media_type": media_type})
    if not begun.get("complete"):
        headers = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
        ask("PATCH", f"/v1/uploads/{begun['id']}", token, content, **headers)
    return begun["id"]


def may_upload():
    """Whether the requests come from somebody who adds to the library."""
    return bool({"trainer", "admin"} & set(ask("GET", "/v1/me", sign_in(ROLE))["roles"]))


def begin_uploads():
    """Begins uploads of whom the requests come from, so that requests about uploads find some, and returns their ids."""
    if not may_upload():
        return {"uploads": []}
    token = sign_in(ROLE)
    sizes = (10, 1_000, 50_000_000)
    bodies = [{"size_bytes": size, "sha256": hashlib.sha256().hexdigest(), "media_type": "video/mp4"} for size in sizes]
    return {"uploads": [ask("POST", "/v1/uploads", token, body)["id"] for body in bodies]}


def write_journals():
    """Writes about the athletes of a trainer, so that requests about journals find entries, and returns their ids."""
    token = sign_in("jonas@ringside-demo.example")
    athletes = [athlete["id"] for athlete in ask("GET", "/v1/snapshot", token)["athletes"]]
    entries = [ask("POST", f"/v1/athletes/{id}/journal", token, {"text": "Knee"})["id"] for id in athletes * 3]
    return {"journal": entries}


def read_files():
    """Reads files of the athlete who trains, so that requests about imports find some, and returns their ids."""
    athlete = sign_in("mara@ringside-demo.example")
    path = f"/v1/athletes/{ask('GET', '/v1/me', athlete)['id']}/imports"
    file = b"Date,Exercise,Category,Weight (kgs),Reps\n2026-01-05,Bench,Chest,60,8\n"
    return {"imports": [ask("POST", path, athlete, file)["id"] for _ in range(5)]}


def enter_weights():
    """Enters weights of an athlete, so that requests about weights find some, and returns their ids."""
    token = sign_in("mara@ringside-demo.example")
    path = f"/v1/athletes/{ask('GET', '/v1/me', token)['id']}/weights"
    return {"weights": [ask("POST", path, token, {"weight_kg": 70 + i})["id"] for i in range(6)]}


@schemathesis.serializer("application/offset+octet-stream")
def send_bytes(_context, value):
    """The bytes of an upload are sent as they are."""
    binary = getattr(value, "data", value)
    if isinstance(binary, bytes):
        return binary
    return (value if isinstance(value, str) else json.dumps(value)).encode(errors="replace")


def sign_in_elsewhere():
    """Signs in whom the requests come from on other devices, so that requests about devices find some; returns their ids."""
    for _ in range(4):
        token = sign_in(ROLE)
    return {"devices": [one["id"] for one in ask("GET", "/v1/me/devices", token)["devices"]]}


KNOWN = (
    start_training()
    | invite_people()
    | fill_library()
    | begin_uploads()
    | write_journals()
    | enter_weights()
    | read_files()
    | sign_in_elsewhere()
)

# Of what a path is about, by what stands before the id.
COLLECTIONS = {name: name for name in ("sessions", "rounds", "users", "uploads", "athletes", "journal", "weights", "imports")}
COLLECTIONS |= {name: name for name in ("videos", "templates", "devices")} | {"exercises": "library"}

# Which operations were asked for, and which of them found what they are about.
operations, reached = set(), set()


@schemathesis.hook
def after_call(_context, case, response):
    """Keeps which operations were reached."""
    operation = f"{case.operation.method.upper()} {case.operation.path}"
    operations.add(operation)
    if response.status_code not in (401, 403, 404):
        reached.add(operation)


@atexit.register
def keep_reached():
    """Writes down what was reached, for a comparison of all roles."""
    if REACHED:
        with open(REACHED, "a") as file:
            file.writelines(f"{operation}\t{int(operation in reached)}\n" for operation in sorted(operations))


@schemathesis.hook
def before_call(_context, case, _kwargs):
    """Has every other valid id be that of something that is there, and no poll wait."""
    path, method = case.operation.path, case.operation.method.upper()
    if path == "/v1/feed" and WAITING.fullmatch(str((case.query or {}).get("wait"))):
        # A cursor that the server gave out is waited at.
        case.query["wait"] = 0
    if is_valid(case, ParameterLocation.BODY):
        name_known(case.body)
    if spares_who_asks(case):
        return
    # Cancelled, the session would be of no use to whatever comes after. An upload that is ended is of none either, and
    # there are only a few.
    if path.endswith("/cancel") or (path, method) == ("/v1/uploads/{id}", "DELETE"):
        return
    if not is_valid(case, ParameterLocation.PATH):
        return
    parts = path.strip("/").split("/")
    for before, part in zip(parts, parts[1:]):
        name = part.strip("{}")
        known = KNOWN.get(COLLECTIONS.get(before), [])
        if part.startswith("{") and name != "item_id" and known and name in case.path_parameters:
            case.path_parameters[name] = other(case.path_parameters[name], known)
    items = KNOWN["items"].get((case.path_parameters or {}).get("id"), [])
    if items and "item_id" in case.path_parameters:
        case.path_parameters["item_id"] = other(case.path_parameters["item_id"], items)


def is_valid(case, location):
    """Whether this part of a request is meant to be valid."""
    part = case.meta and case.meta.components.get(location)
    return part and not part.mode.is_negative


def other(generated, known):
    """Every other time one that is there."""
    chosen = uuid.UUID(str(generated)).int >> 8
    return known[chosen // 2 % len(known)] if chosen % 2 and known else generated


def name_known(body):
    """Has a body name exercises and uploads that are there, and codes that work."""
    if isinstance(body, list):
        for part in body:
            name_known(part)
    if not isinstance(body, dict):
        return
    for key, value in body.items():
        if key == "code" and isinstance(value, str):
            body[key] = KNOWN["codes"][len(value) % len(KNOWN["codes"])]
        elif key in ("exercise_id", "upload_id") and is_id(value):
            body[key] = other(value, KNOWN["library" if key == "exercise_id" else "files"])
        else:
            name_known(value)


def spares_who_asks(case):
    """Has nobody whom others depend on signed out, deactivated or renamed; says whether it chose who it is about."""
    path, ids = case.operation.path, case.path_parameters or {}
    if path == "/v1/me/devices/{device_id}" and is_id(ids.get("device_id")):
        # What was listed is also where the requests come from.
        known = KNOWN["devices"]
        if ids["device_id"] not in known:
            case.path_parameters["device_id"] = known[uuid.UUID(ids["device_id"]).int % len(known)]
        return True
    if path.startswith("/v1/users/{id}") and case.method != "GET" and is_id(ids.get("id")):
        known = KNOWN["users"]
        if ids["id"] not in known:
            case.path_parameters["id"] = known[uuid.UUID(ids["id"]).int % len(known)]
        return True
    return False


def is_id(text):
    """Whether a text is an id."""
    try:
        return bool(uuid.UUID(str(text)))
    except ValueError:
        return False


@schemathesis.hook
def filter_failure(_context, failure, case, response):
    """Whether a failure is one."""
    kind = type(failure).__name__
    if kind == "RejectedPositiveData":
        return not is_about_the_state(case, response)
    if kind == "MissingHeaderNotRejected":
        # The key was used before, with the header.
        return problem_of(response).get("code") != "idempotency-mismatch"
    if kind == "AcceptedNegativeData":
        # Whatever is sent to an upload, or as a file, is bytes.
        takes_bytes = case.operation.path in ("/v1/uploads/{id}", "/v1/athletes/{id}/imports")
        if takes_bytes and "body" in failure.message.lower():
            return False
        # HTTP has everybody ignore headers they don't know.
        return "in header - object with unexpected properties" not in failure.message.lower()
    return True


def problem_of(response):
    """The problem document of a refusal."""
    return response.json() if response.content else {}


def is_about_the_state(case, response):
    """Whether a refusal is about what is there, or about what one field says against another."""
    path, problem = case.operation.path, problem_of(response)
    code, fields = problem.get("code"), problem.get("fields", [])
    if response.status_code == 401:
        # Random credentials and tokens; a device that was signed out.
        return path in ("/v1/auth/login", "/v1/auth/refresh", "/v1/auth/logout")
    if path == "/v1/feed" and response.status_code == 400:
        # A poll needs a cursor; a stream does not. And schemathesis sends `0` for the header, whatever its pattern.
        cursor = (case.headers or {}).get("Last-Event-ID") or (case.query or {}).get("after") or ""
        return not CURSOR.fullmatch(cursor)
    if code == "idempotency-mismatch":
        return True
    if code == "invalid-parameter" and "timezone" in (case.query or {}):
        # Names of time zones are those of the database on the server.
        return path.endswith(("/stats", "/imports"))
    if code in ("upload-too-large", "wrong-hash"):
        # A picture may not be as large as a video; and what is sent, against what was announced.
        return path.startswith("/v1/uploads")
    if path == "/v1/athletes/{id}/imports":
        # What a file holds.
        return code in ("unreadable-file", "unknown-format", "import-too-large")
    if code == "invalid" and fields:
        return all(is_beyond_a_schema(path, field) for field in fields)
    return False


def is_beyond_a_schema(path, field):
    """Whether a finding is one that no schema expresses."""
    # No schema says when an instant may be.
    if path.endswith("/weights") or path.startswith("/v1/weights/"):
        if field == {"pointer": "/at", "code": "out-of-range"}:
            return True
    # An answer for each exercise of the round.
    leaves_out = field["code"] == "required" and field["pointer"] == "/exercises"
    return field["code"] in BEYOND_A_SCHEMA or leaves_out and path.endswith(("/complete", "/late-feedback"))


for media_type in ("application/octet-stream", "application/zip", "image/*", "video/*"):
    # Bytes, of which a schema says no more than that they are a text of its kind.
    schemathesis.deserializer(media_type)(lambda _context, response: response.content.decode("latin-1"))
