"""What a source mark stands for: S-numbers become the documents that were read, M- marks say "from memory"."""

import re

from django.utils.translation import get_language
from django.utils.translation import gettext as _

# Number → what was read, in Chinese and English. Most were read as an excerpt or a repost only, and say so.
DOCUMENTS: dict[str, tuple[str, str]] = {
    "S1": (
        "《广州市政务信息化项目管理办法》（穗政数〔2020〕6号，节选）",
        "Guangzhou rule on government IT projects (穗政数〔2020〕6号, excerpt)",
    ),
    "S2": (
        "《广州市政务信息化项目管理办法》2022年修订稿（穗政数〔2022〕56号，转载节选）",
        "Guangzhou rule on government IT projects, 2022 revision (穗政数〔2022〕56号, excerpt of a repost)",
    ),
    "S5": (
        "《国家政务信息化项目建设管理办法》（国办发〔2019〕57号，节选）",
        "National rule on government IT projects (国办发〔2019〕57号, excerpt)",
    ),
    "S6": (
        "国办发〔2019〕57号施行日期的公开记录",
        "Public record of when 国办发〔2019〕57号 came into force",
    ),
    "S11": (
        "江苏泰兴项目预审原型的查重提示词（公开代码仓库）",
        "Duplicate-check prompt of a pre-review prototype in Taixing, Jiangsu (public repository)",
    ),
    "S13": (
        "山东“需求合规检查”原型（公开代码仓库，含模拟数据）",
        "Prototype of a requirement check in Shandong (public repository, mock data)",
    ),
    "S16": ("吉林省2021年需求征报通知（转载）", "Jilin call for needs for 2021 (repost)"),
    "S17": (
        "武汉市某区政务信息化项目管理办法解读（转载）",
        "Explanation of a Wuhan district's project rule (repost)",
    ),
    "S18": (
        "《中华人民共和国政府采购法》第四十九条（转引）",
        "Government Procurement Law, Article 49 (as quoted elsewhere)",
    ),
    "S21": ("各省密码应用要求比较（第三方整理）", "Comparison of provincial cryptography requirements (third party)"),
    "S25": (
        "《广州市政务信息化建设开发类项目方案编写规范（2020）》",
        "Guangzhou guideline for writing build-and-develop project plans (2020)",
    ),
    "S27": (
        "《广州市增城区政务信息化项目管理办法》（2022年，转载）",
        "Zengcheng district rule on government IT projects (2022, repost)",
    ),
    "S31": ("临沂市2021年政务信息化项目申报通知", "Linyi call for government IT projects, 2021"),
    "S32": ("山东省2017年度电子政务项目申报通知", "Shandong call for e-government projects for 2017"),
    "S38": ("海南省政务信息化项目验收规定（转载节选）", "Hainan acceptance rule (excerpt of a repost)"),
    "S40": ("江苏泰兴项目预审知识库（公开代码仓库）", "Knowledge base of the Taixing pre-review (public repository)"),
    "S43": ("密评结果备案要求（第三方介绍）", "Filing of cryptography assessments (third-party account)"),
    "S49": ("《政务数据共享条例》（介绍文章）", "Government Data Sharing Regulation (article about it)"),
    "S50": ("江苏泰兴项目预审方案（公开代码仓库）", "Plan of the Taixing pre-review (public repository)"),
    "S51": ("GB/T 40692-2021《政务信息系统定义和范围》题录", "GB/T 40692-2021, title record"),
    "S52": (
        "GB/T 39786-2021《信息系统密码应用基本要求》公告与题录",
        "GB/T 39786-2021, announcement and title record",
    ),
    "S53": (
        "《商用密码应用安全性评估管理办法》（国家密码管理局令第3号，转载）",
        "Rule on assessing commercial cryptography (Order No. 3, repost)",
    ),
    "S54": ("GB/T 21063.4-2007《政务信息资源分类》题录", "GB/T 21063.4-2007, title record"),
    "S55": ("GB/T 21062.1-2007《总体框架》国家标准公开系统题录", "GB/T 21062.1-2007, record of the national catalogue"),
    "S56": (
        "操作系统、数据库政府采购需求标准（2023年版）题名记录",
        "Procurement requirement standards for operating systems and databases (2023), titles",
    ),
    "S57": ("GB/T 37668-2019《互联网内容无障碍可访问性》题录", "GB/T 37668-2019, title record"),
    "S58": (
        "《科技日报》2021年4月9日关于适老化规范的报道",
        "Science and Technology Daily, 9 Apr 2021, on ageing-friendly design",
    ),
    "S59": ("《人民政协报》2021年4月8日关于适老化规范的报道", "CPPCC Daily, 8 Apr 2021, on ageing-friendly design"),
    "S60": ("GB/T 36964-2018《软件开发成本度量规范》题录", "GB/T 36964-2018, title record"),
    "S61": ("电子政务项目档案保管期限的介绍文章", "Article on keeping the records of e-government projects"),
    "S62": (
        "《政府采购需求管理办法》施行日期的公开记录",
        "Public record of when the procurement-requirement rule came into force",
    ),
}
MEMORY = re.compile(r"M-(hi|med|lo)\Z")
REFERENCE = re.compile(r"domain reference §[\w.]+")


def readable_source(text: str) -> str:
    """A stored source as people read it, in the language of the page; what is no mark stays as it was written.

    text: marks joined by commas, such as "domain reference §5.3, S52, M-hi", or a document's name.
    """
    parts = [part.strip() for part in text.split(",")]
    known = [part for part in parts if not REFERENCE.fullmatch(part)]
    if not all(part in DOCUMENTS or MEMORY.match(part) for part in known):
        return _(text) if text else ""
    index = 1 if (get_language() or "").startswith("en") else 0
    said = [DOCUMENTS[part][index] for part in known if part in DOCUMENTS]
    marks = {part for part in known if MEMORY.match(part)}
    if marks:
        said.append(_("from memory") if marks == {"M-hi"} else _("from memory, uncertain"))
    if not said:
        return _("proposed by the product")
    return ("；" if index == 0 else "; ").join(said)


def standing(text: str) -> str:
    """How far a source carries: "memory", "proposed" (both are to be confirmed by an official) or "document"."""
    marks = [part.strip() for part in text.split(",")]
    if "[from memory]" in text or any(MEMORY.match(mark) for mark in marks):
        return "memory"
    if "[proposed]" in text or all(REFERENCE.fullmatch(mark) for mark in marks):
        return "proposed"
    return "document"
