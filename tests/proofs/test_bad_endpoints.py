"""What a proof says where its local AWS answers as none does."""

from pathlib import Path

import pytest

from proofs.rehearsal.local_account import LocalAccount
from reporting.errors import CannotRunError
from tests.bad_endpoints import KINDS, bad_endpoint


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("nothing", "drip")])
def test_it_is_a_sentence(tmp_path: Path, kind: str) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "process.json").write_text('{"token": "t"}')
    with bad_endpoint(KINDS[kind]) as endpoint:
        place = LocalAccount(tmp_path, int(endpoint.address.rpartition(":")[2]))
        with pytest.raises(CannotRunError, match="/_local-aws/ledger gave no answer that can be used"):
            place.calls()


@pytest.mark.parametrize("content", ["", "{", "[]", "{}"])
def test_a_broken_record_is_a_sentence(tmp_path: Path, content: str) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "process.json").write_text(content)
    with pytest.raises(CannotRunError, match="/_local-aws/evaluate gave no answer that can be used"):
        LocalAccount(tmp_path, 9).decisions([])
