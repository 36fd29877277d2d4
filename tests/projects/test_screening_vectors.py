"""Vectors kept in the database: computed once, the same afterwards, new for a new text or encoder."""

import numpy as np
import pytest

from projects.models import TextVector
from projects.screening_vectors import StoredEncoder

pytestmark = pytest.mark.django_db


class Counting:
    """An encoder that counts what it is asked for; its vectors hang on the text alone."""

    def __init__(self, name="counting"):
        self.name, self.asked = name, []

    def encode(self, texts):
        self.asked += texts
        return np.array([[len(text) + 0.123456, ord(text[0]) / 65536.0, 1.0] for text in texts], dtype=np.float32)


def test_text_is_encoded_once_and_comes_back_the_same():
    inner = Counting()
    first = StoredEncoder(inner).encode(["统一身份认证", "排水井盖巡查", "统一身份认证"])
    again = StoredEncoder(inner).encode(["排水井盖巡查", "统一身份认证"])
    assert inner.asked == ["统一身份认证", "排水井盖巡查"]
    assert (first[[1, 0]] == again).all()
    assert (first[0] == first[2]).all()
    assert first.dtype == np.float32


def test_changed_text_and_other_encoder_are_computed_anew():
    inner, other = Counting(), Counting("other")
    StoredEncoder(inner).encode(["排水井盖巡查"])
    StoredEncoder(inner).encode(["排水井盖巡查登记"])
    StoredEncoder(other).encode(["排水井盖巡查"])
    assert inner.asked == ["排水井盖巡查", "排水井盖巡查登记"]
    assert other.asked == ["排水井盖巡查"]
    assert TextVector.objects.count() == 3


def test_more_texts_than_one_query_takes():
    texts = [f"能力{number}" for number in range(1201)]
    vectors = StoredEncoder(Counting()).encode(texts)
    assert len(vectors) == 1201
    assert (StoredEncoder(Counting()).encode(texts) == vectors).all()
