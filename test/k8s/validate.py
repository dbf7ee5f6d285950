"""Reads a JSON list of Kubernetes objects; validates each strictly against the schemas of every version named; prints a JSON list of faults."""

import functools
import json
import sys

import kubernetes_validate

# Some MB of definitions, which it would read for every object.
kubernetes_validate.utils.schema_contents = functools.cache(kubernetes_validate.utils.schema_contents)


def faults(objects, versions):
    for version in versions:
        for one in objects:
            name = f"{one['kind']}/{one['metadata']['name']}"
            try:
                kubernetes_validate.validate(one, version, strict=True)
            except kubernetes_validate.SchemaNotFoundError as error:
                yield {"version": version, "object": name, "schema": "missing", "message": error.message}
            except kubernetes_validate.ValidationError as error:
                yield {"version": version, "object": name, "schema": "found", "message": error.message}


json.dump(list(faults(json.load(sys.stdin), sys.argv[1:])), sys.stdout)
