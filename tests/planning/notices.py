"""The State Council's notices of public holidays for 2025 and 2026, written down by hand, and an invented one for 2027.

Source: the notices of 12 November 2024 and 4 November 2025 (their numbers are from memory). Ranges as the notices name
them, weekends included; make-up days are Saturdays or Sundays on which people work.
"""

from datetime import date

from planning.services import Notice, NoticeDay
from planning.working_days import span


def _day(year, text):
    month, day = text.split("-")
    return date(year, int(month), int(day))


OFF = {
    2025: {
        "元旦": ("1-1", "1-1"), "春节": ("1-28", "2-4"), "清明节": ("4-4", "4-6"), "劳动节": ("5-1", "5-5"),
        "端午节": ("5-31", "6-2"), "国庆节、中秋节": ("10-1", "10-8"),
    },
    2026: {
        "元旦": ("1-1", "1-3"), "春节": ("2-15", "2-23"), "清明节": ("4-4", "4-6"), "劳动节": ("5-1", "5-5"),
        "端午节": ("6-19", "6-21"), "中秋节": ("9-25", "9-27"), "国庆节": ("10-1", "10-7"),
    },
    # Invented: as long as in the years before.
    2027: {
        "元旦": ("1-1", "1-3"), "春节": ("2-5", "2-12"), "清明节": ("4-3", "4-5"), "劳动节": ("5-1", "5-5"),
        "端午节": ("6-9", "6-9"), "中秋节": ("9-15", "9-15"), "国庆节": ("10-1", "10-7"),
    },
}  # fmt: skip
MADE_UP = {
    2025: {"1-26": "春节", "2-8": "春节", "4-27": "劳动节", "9-28": "国庆节", "10-11": "国庆节"},
    2026: {"1-4": "元旦", "2-14": "春节", "2-28": "春节", "5-9": "劳动节", "9-20": "国庆节", "10-10": "国庆节"},
    2027: {"1-30": "春节", "2-20": "春节", "5-8": "劳动节", "9-26": "国庆节", "10-9": "国庆节"},
}
NUMBERS = {2025: "国办发明电〔2024〕12号", 2026: "国办发明电〔2025〕7号", 2027: "虚构〔2026〕1号"}


def days_off(year):
    """Every day off of a notice, weekends included, with its name."""
    ranges = OFF[year].items()
    return {day: name for name, (first, last) in ranges for day in span(_day(year, first), _day(year, last))}


def made_up(year):
    """Every make-up day of a notice, with its name."""
    return {_day(year, text): name for text, name in MADE_UP[year].items()}


def notice_of(year):
    """The notice as the import reads it."""
    days = [NoticeDay(day, False, name) for day, name in days_off(year).items()]
    days += [NoticeDay(day, True, name) for day, name in made_up(year).items()]
    return Notice(year, tuple(sorted(days, key=lambda one: one.day)), NUMBERS[year], "test")


def as_json(year):
    """The notice in the form of holiday-cn."""
    rows = [
        {"name": one.name, "date": one.day.isoformat(), "isOffDay": not one.is_workday} for one in notice_of(year).days
    ]
    return {"year": year, "papers": ["https://example.invalid/notice"], "days": rows}
