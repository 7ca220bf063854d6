from . import itsm_clock_report
