"""How forms look: one template for every field (FORM_RENDERER)."""

from django.forms.renderers import TemplatesSetting


class TongchouRenderer(TemplatesSetting):
    """Renders `field.as_field_group` with label, help, errors and Bootstrap's classes."""

    field_template_name = "components/_field.html"
    form_template_name = "components/_fields.html"
