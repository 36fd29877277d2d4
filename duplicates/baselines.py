"""What a simpler method would say about the same labelled set: name similarity, character TF-IDF, Jaccard on tags."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace

from duplicates import entries
from duplicates.coverage import band_of, money_of
from duplicates.entries import Entry
from duplicates.facts import Proposal, Thresholds
from duplicates.files import Labelled
from duplicates.metrics import Outcome, Scored, best_threshold, settle, truth_of
from duplicates.names import Verdict
from duplicates.normalise import normalise
from duplicates.segment import grams
from duplicates.verdicts import VERDICTS

LISTED = 200
Scorer = Callable[[Entry], dict[int, float]]


def _bag(text: str) -> Counter[str]:
    return Counter(gram for gram in grams(normalise(text)) if not gram.startswith("§"))


def _existing(labelled: Labelled) -> list[Entry]:
    found = [entry for system in labelled.systems for entry in entries.of_system(system)]
    return found + [entry for proposal in labelled.proposals for entry in entries.of_proposal(proposal)]


def name_similarity(existing: list[Entry]) -> Scorer:
    """Dice on character bigrams of the titles: today's rule of thumb."""
    names = [set(_bag(entry.owner.name)) for entry in existing]

    def score(entry: Entry) -> dict[int, float]:
        mine = set(_bag(entry.owner.name))
        shared = [(number, len(mine & other), len(mine) + len(other)) for number, other in enumerate(names)]
        return {number: 2 * count / total for number, count, total in shared if count}

    return score


def character_tfidf(existing: list[Entry]) -> Scorer:
    """Cosine of character-bigram (English: word) TF-IDF between the two capability texts."""
    bags = [_bag(entry.text) for entry in existing]
    seen = Counter(gram for bag in bags for gram in bag)
    idf = {gram: math.log((len(bags) + 1) / count) for gram, count in seen.items()}
    norms = [math.sqrt(sum(idf[gram] ** 2 for gram in bag)) for bag in bags]
    postings: defaultdict[str, list[int]] = defaultdict(list)
    for number, bag in enumerate(bags):
        for gram in bag:
            postings[gram].append(number)

    def score(entry: Entry) -> dict[int, float]:
        bag = [gram for gram in sorted(_bag(entry.text)) if gram in idf]
        dots: defaultdict[int, float] = defaultdict(float)
        for gram in bag:
            for number in postings[gram]:
                dots[number] += idf[gram] ** 2
        norm = math.sqrt(sum(idf[gram] ** 2 for gram in bag)) or 1.0
        return {number: dot / (norm * norms[number]) for number, dot in dots.items() if norms[number]}

    return score


def tag_jaccard(existing: list[Entry]) -> Scorer:
    """Jaccard on the three tags."""
    tags = [{tag for tag in (entry.taxonomy, entry.domain, entry.object) if tag} for entry in existing]

    def score(entry: Entry) -> dict[int, float]:
        mine = {tag for tag in (entry.taxonomy, entry.domain, entry.object) if tag}
        return {number: len(mine & other) / len(mine | other) for number, other in enumerate(tags) if mine & other}

    return score


METHODS: dict[str, Callable[[list[Entry]], Scorer]] = {
    "name_similarity": name_similarity,
    "character_tfidf": character_tfidf,
    "tag_jaccard": tag_jaccard,
}


def _scored(proposal: Proposal, existing: list[Entry], scorer: Scorer) -> Iterable[Scored]:
    for entry in entries.of_proposal(proposal):
        found = scorer(entry)
        kept = [
            (number, value)
            for number, value in found.items()
            if existing[number].owner.key != entry.owner.key
            and existing[number].owner.code != proposal.predecessor
            and not existing[number].owner.retired
        ]
        kept.sort(key=lambda item: (-item[1], existing[item[0]].owner.key, existing[item[0]].capability or ""))
        for number, value in kept[:LISTED]:
            other = existing[number]
            key = (entry.capability or "", other.owner.code, other.capability or "")
            yield Scored(key, round(value, 6), other.owner.peer, False)


def outcome(labelled: Labelled, method: str) -> Outcome:
    """Run one baseline; its threshold is the one with the best F1 on this very set."""
    existing = _existing(labelled)
    scorer = METHODS[method](existing)
    truth = truth_of(labelled.truth)
    found = {proposal.code: list(_scored(proposal, existing, scorer)) for proposal in labelled.proposals}
    threshold = best_threshold(settle((pair for pairs in found.values() for pair in pairs), truth), truth)
    result = Outcome()
    for proposal in labelled.proposals:
        pairs = [replace(pair, counts=pair.score >= threshold) for pair in found[proposal.code]]
        result.pairs += pairs
        result.verdicts[proposal.code], result.main[proposal.code] = _verdict(proposal, pairs)
    return result


def _verdict(proposal: Proposal, pairs: list[Scored]) -> tuple[Verdict, tuple[str, ...]]:
    money = money_of(proposal)
    by_system: defaultdict[str, set[str]] = defaultdict(set)
    for pair in pairs:
        if pair.counts and not pair.peer:
            by_system[pair.key[1]].add(pair.key[0])
    share = money.share({pair.key[0] for pair in pairs if pair.counts})
    main = sorted(by_system, key=lambda code: (-money.share(by_system[code]), code))[:3]
    return VERDICTS[band_of(share, Thresholds())], tuple(main)
