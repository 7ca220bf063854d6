from . import itsm_agreement
from . import itsm_agreement_target
from . import itsm_ticket_event
from . import itsm_clock
from . import itsm_clock_alert
from . import helpdesk_ticket
