"""Test loads for the benchmarks, made once from the corpora into build/bench and named with their checksum."""
import hashlib, json, os, pathlib, subprocess, sys, zlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
CORPORA = pathlib.Path(os.environ.get("VG_CORPORA", ROOT.parent / "shared" / "corpora"))
FOLDER = ROOT / "build" / "bench"
# Windows events of OTRF Security-Datasets, chosen by the CRC-32 of the line, so that every data set is in proportion.
LOADS = {"otrf60k.ndjson": 10, "otrf6k.ndjson": 100}


def make():
    """(name, path, events, sha256) of every load; None when the corpora are not there."""
    source = CORPORA / "otrf-security-datasets" / "events"
    if not source.is_dir():
        return None
    FOLDER.mkdir(parents=True, exist_ok=True)
    facts = FOLDER / "loads.json"
    if not facts.exists():
        files = {name: open(FOLDER / name, "wb") for name in LOADS}
        for archive in sorted(source.glob("*.zst")):
            print(f"unpacking {archive.name}", file=sys.stderr)
            with subprocess.Popen(["zstd", "-dcq", "--long=27", archive], stdout=subprocess.PIPE) as zstd:
                for line in zstd.stdout:
                    if b'"EventID"' not in line:
                        continue
                    sum = zlib.crc32(line)
                    for name, part in LOADS.items():
                        if sum % part == 0:
                            files[name].write(line.rstrip(b"\r\n") + b"\n")
        for file in files.values():
            file.close()
        known = {}
        for name in LOADS:
            data = (FOLDER / name).read_bytes()
            known[name] = {"events": data.count(b"\n"), "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        facts.write_text(json.dumps(known))
    return {name: {"path": str(FOLDER / name), **one} for name, one in json.loads(facts.read_text()).items()}


def network_loads():
    """EVE of Suricata and JSON of Zeek, as they stand in the corpora: name → path. Those whose corpus is not there are left out."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    parts = {"eve": ("suricata-eve", ["gtkcyber/eve.json"]), "zeek": ("zeek-wrccdc", ["zeek-json/dns.json", "zeek-json/ssl.json"])}
    made = {}
    for name, (corpus, files) in parts.items():
        if subprocess.run([ROOT / "tools" / "unpack-corpora", corpus], capture_output=True).returncode == 0:
            made[name] = str(FOLDER / f"{name}.ndjson")
            pathlib.Path(made[name]).write_bytes(b"".join((ROOT / "build" / "corpora" / corpus / file).read_bytes() for file in files))
    return made


def sigma_rules():
    """Folders of the current SigmaHQ rules (rules, emerging threats, threat hunting), unpacked."""
    done = subprocess.run([ROOT / "tools" / "unpack-corpora", "sigma-rules"], capture_output=True, text=True)
    if done.returncode != 0:
        return None
    folder = ROOT / "build" / "corpora" / "sigma-rules"
    return [str(folder / name) for name in ("rules", "rules-emerging-threats", "rules-threat-hunting")]


if __name__ == "__main__":
    print(json.dumps(make(), indent=2))
