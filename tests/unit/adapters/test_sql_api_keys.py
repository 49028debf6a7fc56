from adapters.sql.api_keys import decode_permissions, encode_permissions
from domain.permissions import Permission


def test_permissions_are_kept_by_their_names() -> None:
    every = frozenset(Permission)

    assert decode_permissions(encode_permissions(every)) == every
    assert decode_permissions(encode_permissions(frozenset())) == frozenset()


def test_a_permission_of_other_code_allows_nothing() -> None:
    names = "catalogue:change catalogue catalogue:burn"

    assert decode_permissions(names) == {Permission.CHANGE_CATALOGUE}
