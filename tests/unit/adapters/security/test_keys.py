from adapters.security.keys import KEY_SIZE, derived_key


def test_a_purpose_has_one_key() -> None:
    assert derived_key("a secret", "seals") == derived_key("a secret", "seals")
    assert len(derived_key("a secret", "seals")) == KEY_SIZE


def test_each_purpose_and_each_secret_has_another_key() -> None:
    keys = {
        derived_key(secret, purpose)
        for secret in ("a secret", "another", "")
        for purpose in ("seals", "tokens", "")
    }

    assert len(keys) == 9


def test_a_key_never_changes() -> None:
    """What was sealed or signed by it would be lost."""
    assert derived_key("a secret", "seals").hex() == (
        "8eaaf7db62d9069ab2253f0432419a143556aa55d7cc255b61dc6c9a200b9258"
    )
