"""What a user may write, and errors that name the line."""

from limetal.study.load import Known, Study, bundled_studies, data_path, find_study, read_study
from limetal.study.problems import Problem

__all__ = ["Known", "Problem", "Study", "bundled_studies", "data_path", "find_study", "read_study"]
