"""What a process is told by its environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from wherewithal.vocabulary.errors import InputRefused
from wherewithal.wiring.service_settings import DATA_OF_ROOT, default_data, settings_at_start


def test_by_default_everything_is_in_one_folder():
    settings = settings_at_start({}, data=Path("/srv/ww"))
    assert settings.postgres == Path("/srv/ww/postgres")
    assert settings.key_file == Path("/srv/ww/master-key")
    assert (settings.database_url, settings.is_simulation_allowed) == (None, False)


def test_with_a_database_of_ones_own_the_key_is_in_the_environment():
    settings = settings_at_start({"DATABASE_URL": "postgresql://u@h/d"}, data=Path("/srv/ww"))
    assert settings.key_file is None


def test_all_that_is_wrong_is_said_and_no_value_repeated():
    given = {"DATABASE_URL": "mysql://u:geheim@h/d", "WHEREWITHAL_ALLOW_SIMULATION": "geheim"}
    with pytest.raises(InputRefused) as refused:
        settings_at_start(given, data=None)
    assert [problem.path for problem in refused.value.problems] == list(given)
    assert "geheim" not in str(refused.value)
    assert "geheim" not in repr(settings_at_start({"DATABASE_URL": "postgres://u:geheim@h/d"}, data=None))  # fmt: skip


def test_root_in_a_private_place_keeps_its_data_elsewhere(tmp_path):
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    assert default_data(private, is_root=True) == DATA_OF_ROOT
    assert default_data(private, is_root=False) == private / ".wherewithal"
