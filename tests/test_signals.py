import os
import signal

import pytest

from shop.services.signals import exit_on_signals, raise_if_stopping


class Dying:
    """Receives the signal while it is being finalised, where Python drops exceptions."""

    def __del__(self) -> None:
        os.kill(os.getpid(), signal.SIGUSR2)


def test_a_signal_ends_the_block_with_its_number() -> None:
    with pytest.raises(SystemExit) as left, exit_on_signals(signal.SIGUSR2):
        os.kill(os.getpid(), signal.SIGUSR2)
    assert left.value.code == 128 + signal.SIGUSR2


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_signal_whose_exception_python_drops_is_not_lost() -> None:
    with pytest.raises(SystemExit), exit_on_signals(signal.SIGUSR2):
        del [Dying()][:]
        raise_if_stopping()


def test_a_second_signal_does_not_cut_the_cleaning_up_short() -> None:
    cleaned = False
    with pytest.raises(SystemExit), exit_on_signals(signal.SIGUSR2):
        try:
            os.kill(os.getpid(), signal.SIGUSR2)
        finally:
            os.kill(os.getpid(), signal.SIGUSR2)
            cleaned = True
    assert cleaned


def test_afterwards_nothing_is_remembered() -> None:
    with pytest.raises(SystemExit), exit_on_signals(signal.SIGUSR2):
        os.kill(os.getpid(), signal.SIGUSR2)
    raise_if_stopping()
