from . import itsm_agreement_activate
