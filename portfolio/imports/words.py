"""What people write for the coded values of a file."""

from django.db.models import Choices

from portfolio.models import BuildMode, ServiceObject, System

_STATUS = {
    "在用": "in_operation",
    "运行中": "in_operation",
    "已批未建": "approved_not_built",
    "维护中": "maintenance",
    "停用": "retired",
    "已停用": "retired",
    "已归档": "retired",
    "已下线": "retired",
}
_BUILD_MODE = {
    "统建": "unified",
    "统一建设": "unified",
    "自建": "departmental",
    "部门自建": "departmental",
    "专业建设": "departmental",
}


def _codes(choices: type[Choices]) -> dict[str, str]:
    return {value.lower(): value for value in choices.values}


STATUS = _codes(System.Status) | _STATUS
BUILD_MODE = _codes(BuildMode) | _BUILD_MODE
OBJECT = _codes(ServiceObject)
