"""The vocabulary: every quantity the ledger may hold, with its unit, symbol and one sentence.

A quantity is named once, here. A claim in a study, a result of an analysis and a derived number use the same
name, which is what lets one relation audit them all.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from limetal.errors import BadInputError
from limetal.units import field_unit

__all__ = ["QUANTITIES", "SERIES_UNITS", "Quantity", "quantity"]


@dataclass(frozen=True)
class Quantity:
    """One word of the vocabulary.

    Attributes
    ----------
    name
        The word, as studies and results write it.
    unit
        Field unit of its numbers; ``"text"`` for a quantity whose value is words.
    symbol
        As the field writes it, for axes and tables.
    meaning
        One sentence: what the number is, with its convention.
    """

    name: str
    unit: str
    symbol: str
    meaning: str


_ROWS = (
    # composition
    ("mass_fraction", "%", "w", "Mass of a phase over the mass of the electrode without collector."),
    ("volume_fraction", "%", "φ", "Volume of a phase over the pore-free volume of the electrode."),
    ("mole_fraction", "%", "x", "Atoms of an element over all atoms of an alloy."),
    ("mass_ratio", "1", "m₁/m₂", "Mass of the first named component over that of the second, as weighed."),
    ("molar_ratio", "1", "n₁/n₂", "Amount of the first named component over that of the second, as weighed."),
    ("formulation_fraction", "%", "w", "Mass of a component over the dry mass of an electrode coating."),
    ("formulation_sum", "%", "Σw", "Sum of the mass fractions of an electrode coating; must be 100 %."),
    # density and geometry
    ("density", "g/cm3", "ρ", "Mass over outer volume, pores included (apparent density)."),
    ("pore_free_density", "g/cm3", "ρ₀", "Mass over the summed volume of the phases, no pores."),
    ("porosity", "%", "ε", "Pore volume over outer volume."),
    ("thickness", "um", "d", "Thickness of an electrode without collector."),
    ("thickness_change", "%", "Δd/d", "Change of thickness over the fresh thickness."),
    ("area", "cm2", "A", "Geometric area of one electrode face."),
    ("diameter", "cm", "⌀", "Diameter of a round electrode."),
    # capacity
    ("specific_capacity", "mAh/g", "q", "Charge per mass of electrode that a test delivered."),
    (
        "theoretical_specific_capacity",
        "mAh/g",
        "q_th",
        "Charge per mass that somebody computed as the limit.",
    ),
    ("free_lithium_capacity", "mAh/g", "q_free", "Charge of the metallic lithium per mass of electrode."),
    (
        "strippable_capacity",
        "mAh/g",
        "q_strip",
        "Charge per mass of electrode of all lithium that leaves up to the cut-off voltage, alloys included.",
    ),
    ("total_lithium_capacity", "mAh/g", "q_Li", "Charge of all lithium atoms per mass of electrode."),
    ("utilisation", "%", "u", "Delivered over strippable capacity at the same cut-off."),
    ("volumetric_capacity", "mAh/cm3", "q_v", "Charge per outer volume of electrode without collector."),
    ("areal_capacity", "mAh/cm2", "q_A", "Charge per geometric area of one electrode face."),
    ("nominal_specific_capacity", "mAh/g", "1C", "Charge per mass of active material that defines 1C."),
    ("specific_current_1C", "mA/g", "1C", "Current per mass of active material that is called 1C."),
    ("capacity", "Ah", "Q", "Charge of a whole cell."),
    # cell
    ("mass_loading", "mg/cm2", "m_A", "Mass of active material per area of one face."),
    ("active_mass", "mg", "m", "Mass of active material that capacities per gram of a cell count."),
    ("electrolyte_volume", "uL", "V_E", "Volume of electrolyte put into one cell."),
    ("electrolyte_to_capacity", "g/Ah", "E/C", "Mass of electrolyte over the capacity of the cell."),
    ("np_ratio", "1", "N/P", "Areal capacity of the fresh negative over that of the positive electrode."),
    (
        "normalised_specific_capacity",
        "mAh/g",
        "NSC",
        "Negative capacity over (negative + collector mass) and over N/P.",
    ),
    ("capacity_retention", "%", "R_N", "Capacity over that of the first regular cycle."),
    (
        "coulombic_efficiency",
        "%",
        "CE",
        "Discharge over charge capacity of one cycle; stripped over plated in Li|Cu cells; what came back over what "
        "was put in where a half cell is discharged first.",
    ),
    ("cycle_life", "1", "N", "Number of cycles reached."),
    ("specific_energy", "Wh/kg", "E_m", "Energy per mass of cell."),
    ("energy_density", "Wh/L", "E_v", "Energy per volume of cell."),
    # conditions
    ("current_density", "mA/cm2", "j", "Current per geometric area."),
    ("cycled_capacity", "mAh/cm2", "Δq", "Charge moved per half-cycle and area."),
    ("c_rate", "1/h", "C", "Current in multiples of the one-hour current."),
    ("cutoff_voltage", "V", "U_c", "Voltage at which a step ends."),
    ("voltage_window_low", "V", "U_min", "Lower end of a voltage window."),
    ("voltage_window_high", "V", "U_max", "Upper end of a voltage window."),
    ("temperature", "K", "T", "Temperature of the cell or process."),
    ("pressure", "MPa", "p", "Stack pressure."),
    ("duration", "h", "t", "Length of a test."),
    ("cycle", "1", "n", "Index of a cycle, counted from 1."),
    ("scan_rate", "mV/s", "v", "Change of potential with time."),
    ("frequency", "Hz", "f", "Frequency of an excitation."),
    ("amplitude", "V", "û", "Amplitude of an excitation."),
    ("number_of_points", "1", "N", "Rows of a record or points of a spectrum."),
    # symmetric cells
    (
        "hysteresis",
        "V",
        "ΔU",
        "Voltage hysteresis of a symmetric cell as somebody printed it, definition not given.",
    ),
    (
        "hysteresis_end",
        "V",
        "U_end",
        "|Cell voltage| at the end of the half-cycle, mean of plating and stripping.",
    ),
    (
        "hysteresis_mean",
        "V",
        "Ū",
        "Time-weighted mean |cell voltage| of the half-cycle, mean of both directions.",
    ),
    (
        "hysteresis_plateau",
        "V",
        "U_pl",
        "Time-weighted median |cell voltage| of the settled part of the half-cycle, mean of both directions.",
    ),
    ("hysteresis_full_gap", "V", "U₊−U₋", "Time-weighted mean voltage of plating minus that of stripping."),
    ("areal_resistance", "ohm cm2", "R_A", "Cell voltage over current density, both interfaces together."),
    ("exchange_current_density", "mA/cm2", "j₀", "Exchange current per geometric area of one electrode."),
    ("film_resistance", "ohm cm2", "R_f", "Resistance of the surface film of one electrode times its area."),
    ("electrolyte_resistance", "ohm cm2", "R_E", "Resistance of separator and electrolyte times area."),
    ("transfer_coefficient", "1", "α", "Share of the overpotential that drives the cathodic direction."),
    ("film_growth", "ohm cm2", "dR_f/dn", "Growth of the film resistance of one electrode per cycle."),
    ("half_cycles", "1", "N", "Number of half-cycles found in a record."),
    (
        "overpotential",
        "V",
        "η",
        "Half of the voltage of a symmetric cell under current: one electrode's share, with half of the electrolyte.",
    ),
    (
        "overpotential_change",
        "%",
        "Δη/η",
        "Change of the overpotential when a rate ladder returns to a current, over that of the first visit.",
    ),
    (
        "linear_polarisation_resistance",
        "ohm cm2",
        "R_lp",
        "Slope of cell voltage over current density at small currents, both interfaces and electrolyte together.",
    ),
    (
        "effective_exchange_current_density",
        "mA/cm2",
        "j₀,eff",
        "Exchange current of one electrode, per geometric area, that a polarisation curve needs; films are in it.",
    ),
    (
        "ohmic_areal_resistance",
        "ohm cm2",
        "R_Ω",
        "Part of the areal resistance of a whole cell that does not bend with the current: films and electrolyte.",
    ),
    (
        "voltage_shape_share",
        "%",
        "N_s/N",
        "Share of the half-cycles whose voltage has the shape that the definition names.",
    ),
    ("first_cycle_of_voltage_shape", "1", "n", "First cycle with a half-cycle of the shape that the definition names."),
    # short circuits
    ("short_circuit", "text", "", "Verdict on short circuits of a test: none found, soft, hard, or cannot tell."),
    ("short_circuit_time", "h", "t_short", "Test time at which a short circuit begins."),
    ("short_circuit_confidence", "1", "p", "Chance that a finding is a short circuit, calibrated on made-up cells."),
    ("short_circuit_voltage_loss", "%", "ΔU/U", "Part of the cell voltage that a short circuit takes when it begins."),
    ("short_circuit_count", "1", "N", "Number of short circuits that were found."),
    # cycling: one cycle at a time (the cycle is a condition)
    ("complete_cycles", "1", "N", "Cycles of a record that were finished."),
    ("charge_capacity", "mAh", "Q_c", "Charge that flowed while a cell was charged, in one cycle."),
    ("discharge_capacity", "mAh", "Q_d", "Charge that flowed while a cell was discharged, in one cycle."),
    ("specific_charge_capacity", "mAh/g", "q_c", "Charge capacity over the active mass that the study names."),
    ("specific_discharge_capacity", "mAh/g", "q_d", "Discharge capacity over the active mass that the study names."),
    ("areal_charge_capacity", "mAh/cm2", "q_c,A", "Charge capacity over the area of one face."),
    ("areal_discharge_capacity", "mAh/cm2", "q_d,A", "Discharge capacity over the area of one face."),
    ("plated_capacity", "mAh", "Q_pl", "Charge that plated lithium on the working electrode, in one cycle."),
    ("stripped_capacity", "mAh", "Q_st", "Charge that stripped lithium from the working electrode, in one cycle."),
    ("areal_plated_capacity", "mAh/cm2", "q_pl", "Plated charge over the area of one face."),
    ("areal_stripped_capacity", "mAh/cm2", "q_st", "Stripped charge over the area of one face."),
    ("plating_direction", "text", "", "Sign of the current that plates lithium on the collector, and how it was told."),
    ("reservoir_capacity", "mAh", "Q_T", "Charge of lithium plated as the reservoir of a reservoir protocol."),
    ("areal_reservoir_capacity", "mAh/cm2", "q_T", "Charge of the plated reservoir over the area of one face."),
    ("lithium_loss_per_cycle", "mAh", "ΔQ_Li", "Lithium that one cycle of plating and stripping loses."),
    ("areal_lithium_loss_per_cycle", "mAh/cm2", "Δq_Li", "Lithium that one cycle loses, over the area of one face."),
    ("nucleation_dip", "V", "U_dip", "|Voltage| at the extreme in which plating begins, before it settles."),
    ("nucleation_plateau", "V", "U_pl", "Time-weighted median |voltage| of the settled part of one plating."),
    ("nucleation_overpotential", "V", "η_n", "Nucleation dip minus nucleation plateau."),
    ("charge_energy", "mWh", "E_c", "Energy put in while a cell was charged, in one cycle."),
    ("discharge_energy", "mWh", "E_d", "Energy taken out while a cell was discharged, in one cycle."),
    ("energy_efficiency", "%", "EE", "Discharge energy over charge energy of one cycle."),
    ("mean_charge_voltage", "V", "Ū_c", "Energy over charge of the charging half-cycle (charge-weighted mean)."),
    ("mean_discharge_voltage", "V", "Ū_d", "Energy over charge of the discharging half-cycle (charge-weighted mean)."),
    ("mean_voltage_gap", "V", "ΔŪ", "Mean charge voltage minus mean discharge voltage of one cycle."),
    (
        "mean_coulombic_efficiency",
        "%",
        "⟨CE⟩",
        "Coulombic efficiency over several cycles; which mean, the note says.",
    ),
    ("initial_coulombic_efficiency", "%", "ICE", "Coulombic efficiency of the first cycle."),
    ("fade_per_cycle", "%", "−dR/dn", "Loss of capacity per cycle, as part of that of the reference cycle."),
    (
        "relative_fade_per_cycle",
        "%",
        "−d ln Q/dn",
        "Loss of capacity per cycle, as part of that of the cycle before (geometric).",
    ),
    ("rate_retention", "%", "R_C", "Capacity at a rate over that at the lowest rate of a rate test."),
    ("rate_recovery", "%", "R_back", "Capacity when a rate test comes back to a rate over that of the first visit."),
    ("lithium_excess", "1", "e", "Lithium beyond one discharge over the capacity of the positive electrode."),
    (
        "lithium_efficiency_bound",
        "%",
        "CE_Li,min",
        "Lowest mean Coulombic efficiency of the lithium electrode that the lithium in the cell allows.",
    ),
    (
        "lithium_efficiency_if_limiting",
        "%",
        "CE_Li",
        "Coulombic efficiency of the lithium electrode if all loss of capacity is loss of lithium.",
    ),
    ("knee_cycle", "1", "n_k", "Cycle at which a slow fade turns into a faster one."),
    ("life", "h", "t_L", "Test time at which a life criterion was met."),
    # replicates
    ("number_of_cells", "1", "n", "Cells of one kind that a group holds."),
    ("median_life", "h", "t̃_L", "Time at which half of the cells of a group have ended (Kaplan-Meier)."),
    (
        "median_cycle_life",
        "1",
        "Ñ",
        "Number of cycles at which half of the cells of a group have ended (Kaplan-Meier).",
    ),
    ("restricted_mean_life", "h", "t̄_L", "Mean life of the cells of a group, each counted up to the longest time."),
    ("restricted_mean_cycle_life", "1", "N̄", "Mean cycle life of the cells of a group, up to the most cycles of any."),
    (
        "p_value",
        "1",
        "p",
        "Probability of a difference at least this large where there is none; the note names the test.",
    ),
    # steps
    ("protocol", "text", "", "What a test did, in words: its steps and their order."),
    (
        "direct_current_resistance",
        "ohm",
        "R_DC",
        "Change of voltage over a change of current, at the time the note says.",
    ),
    (
        "areal_direct_current_resistance",
        "ohm cm2",
        "R_DC·A",
        "Direct current resistance of the whole cell times area.",
    ),
    (
        "direct_current_resistance_growth",
        "ohm",
        "dR_DC/dn",
        "Growth of a direct current resistance per cycle.",
    ),
    # voltage curves of single cycles
    ("dqdv_peak_voltage", "V", "U_p", "Voltage of a peak of dQ/dV."),
    ("dqdv_peak_height", "mAh/V", "(dQ/dV)_p", "Height of a peak of dQ/dV."),
    ("dqdv_peak_width", "V", "w_p", "Full width at half height of a peak of dQ/dV."),
    ("dqdv_peak_charge", "mAh", "Q_p", "Charge between the minima on both sides of a peak of dQ/dV."),
    ("dqdv_peak_shift", "V", "dU_p/dn", "Change of the voltage of a peak of dQ/dV per cycle."),
    ("lithium_polarisation", "V", "ΔU_Li", "Share of a lithium electrode in the gap between charge and discharge."),
    ("electrolyte_polarisation", "V", "ΔU_E", "Share of the electrolyte in the gap between charge and discharge."),
    (
        "positive_polarisation",
        "V",
        "ΔU₊",
        "What is left of the gap between charge and discharge for the positive electrode.",
    ),
    ("upper_plateau_capacity", "mAh", "Q_up", "Charge of the upper plateau of the discharge of a sulfur cell."),
    ("lower_plateau_capacity", "mAh", "Q_low", "Charge of the lower plateau of the discharge of a sulfur cell."),
    ("specific_upper_plateau_capacity", "mAh/g", "q_up", "Charge of the upper plateau over the mass of sulfur."),
    ("specific_lower_plateau_capacity", "mAh/g", "q_low", "Charge of the lower plateau over the mass of sulfur."),
    ("plateau_ratio", "1", "Q_low/Q_up", "Charge of the lower over that of the upper plateau of a sulfur cell."),
    ("upper_plateau_voltage", "V", "U_up", "Charge-weighted mean voltage of the upper plateau."),
    ("lower_plateau_voltage", "V", "U_low", "Charge-weighted mean voltage of the lower plateau."),
    ("dip_voltage", "V", "U_dip", "Lowest voltage between the two plateaus of a sulfur cell."),
    # impedance
    ("series_resistance", "ohm", "R_s", "Ohmic resistance of the cell (high-frequency intercept)."),
    ("sei_resistance", "ohm", "R_SEI", "Resistance of the surface-film arc of the whole cell."),
    ("charge_transfer_resistance", "ohm", "R_ct", "Resistance of the charge-transfer arc of the whole cell."),
    (
        "total_resistance",
        "ohm",
        "ΣR",
        "Sum of series, film and charge-transfer resistance of the whole cell.",
    ),
    ("areal_series_resistance", "ohm cm2", "R_s·A", "Ohmic resistance of the cell times the area of one electrode."),
    ("areal_sei_resistance", "ohm cm2", "R_SEI·A", "Resistance of the surface-film arc of the whole cell times area."),
    (
        "areal_charge_transfer_resistance",
        "ohm cm2",
        "R_ct·A",
        "Resistance of the charge-transfer arc of the whole cell times area.",
    ),
    ("areal_total_resistance", "ohm cm2", "ΣR·A", "Sum of series, film and charge-transfer resistance times area."),
    (
        "interface_resistance",
        "ohm cm2",
        "R_i",
        "Resistance of all arcs of a symmetric cell times area, of one of its two interfaces (half).",
    ),
    ("circuit", "text", "", "Equivalent circuit with its fitted values, as limetal reads it."),
    ("element", "text", "", "Name of an element of an equivalent circuit."),
    ("element_resistance", "ohm", "R", "Resistance of one element of an equivalent circuit."),
    ("element_capacitance", "F", "C", "Capacitance of one element of an equivalent circuit."),
    ("element_inductance", "H", "L", "Inductance of one element of an equivalent circuit."),
    ("element_admittance", "S s^n", "Y", "Admittance at 1 rad/s of a constant phase element."),
    (
        "element_exponent",
        "1",
        "n",
        "Exponent, or another number without unit, of one circuit element.",
    ),
    ("element_time_constant", "s", "τ", "Time constant of one element, or of the arc of R beside Q: (RY)^(1/n)."),
    ("warburg_coefficient", "ohm/s^0.5", "σ_W", "Coefficient of semi-infinite diffusion: Z = σ(1−j)/√ω."),
    ("areal_element_resistance", "ohm cm2", "R·A", "Resistance of one element times area."),
    ("areal_element_capacitance", "F/cm2", "C/A", "Capacitance of one element over area."),
    ("areal_element_inductance", "H cm2", "L·A", "Inductance of one element times area."),
    ("areal_element_admittance", "S s^n/cm2", "Y/A", "Admittance at 1 rad/s of a constant phase element over area."),
    ("areal_warburg_coefficient", "ohm cm2/s^0.5", "σ_W·A", "Coefficient of semi-infinite diffusion times area."),
    ("arc_frequency", "Hz", "f", "Frequency at the top of an arc: 1/(2πτ)."),
    ("fit_residual", "%", "s", "Root of the weighted mean square residual of a fit, as part of |Z|."),
    ("runner_up", "text", "", "The next best circuit, and by how much its AICc is higher."),
    (
        "impedance_noise",
        "%",
        "s",
        "Standard deviation of Re Z and of Im Z over |Z|, by the Kramers–Kronig test.",
    ),
    ("kramers_kronig", "text", "", "Whether real and imaginary part of a spectrum belong together."),
    ("impedance_drift", "%", "Δ|Z|", "Change of |Z| from the first to the last point of a sweep."),
    ("outlier_frequency", "Hz", "f", "Frequencies of points that do not belong to their spectrum."),
    ("polarisation_resistance", "ohm", "R_p", "Area under the distribution of relaxation times."),
    (
        "areal_polarisation_resistance",
        "ohm cm2",
        "R_p·A",
        "Polarisation resistance of the whole cell times area.",
    ),
    ("relaxation_time", "s", "τ", "Time constant at a peak of the distribution of relaxation times."),
    ("relaxation_resistance", "ohm", "R", "Area of a peak of the distribution of relaxation times."),
    (
        "areal_relaxation_resistance",
        "ohm cm2",
        "R·A",
        "Resistance of a peak of the distribution times area.",
    ),
    ("high_frequency_intercept", "ohm", "R_hf", "Re Z where Im Z passes through zero at high frequency."),
    (
        "resistance_trend",
        "%",
        "ΔR/R",
        "Change of a resistance through a series of spectra, along its median slope, over its median.",
    ),
    ("low_frequency_resistance", "ohm", "R_lf", "Re Z at the lowest frequency that the spectra of a series share."),
    (
        "soft_short_sign",
        "text",
        "",
        "A sudden fall of a resistance between two spectra of one cell, and its evidence.",
    ),
    ("activation_energy", "kJ/mol", "E_a", "Slope of the logarithm named in the note against 1/T, times −R."),
    # mechanics
    ("tensile_strength", "MPa", "R_m", "Largest engineering stress of a tensile test."),
    ("toughness", "J/m3", "U_T", "Area under the engineering stress–strain curve to fracture."),
    ("work_of_fracture", "J/m2", "W_f", "Area under the stress–displacement curve to fracture."),
    ("increase", "%", "Δ", "Relative increase of the quantity named in the conditions over its reference."),
    ("factor", "1", "×", "Ratio of the quantity named in the conditions to its reference."),
    # structure
    ("two_theta", "deg", "2θ", "Diffraction angle."),
    ("d_spacing", "angstrom", "d", "Distance of lattice planes."),
    ("wavelength", "angstrom", "λ", "Wavelength of the X-rays."),
    ("binding_energy", "eV", "E_B", "Binding energy of a core level."),
    # records
    ("voltage_min", "V", "U_min", "Lowest voltage in a record."),
    ("voltage_max", "V", "U_max", "Highest voltage in a record."),
    ("current_max", "mA", "I_max", "Largest |current| in a record."),
    ("charge_passed_positive", "mAh", "Q₊", "Integral of the positive current of a record over time."),
    ("charge_passed_negative", "mAh", "Q₋", "Integral of |negative current| of a record over time."),
    ("cycles", "1", "N", "Number of cycles an instrument counted."),
    ("steps", "1", "N", "Number of steps an instrument counted."),
    ("record_kind", "text", "", "What kind of measurement a record is: cycling, impedance, diffraction, ..."),
    ("file_format", "text", "", "Format a file was read as."),
    ("instrument", "text", "", "Maker and model of the instrument, in the words of its file."),
    ("software", "text", "", "Program and version that wrote a file, in its own words."),
    ("technique", "text", "", "Technique of a measurement, in the words of its file."),
    ("start_time", "text", "", "When a measurement began, as its file says (ISO 8601)."),
    ("sample", "text", "", "Name of the cell or sample, as its file says."),
    ("comment", "text", "", "Words of the operator, as a file holds them."),
    ("columns", "text", "", "Columns of a record, each with its unit."),
    ("frequency_min", "Hz", "f_min", "Lowest frequency of a spectrum."),
    ("frequency_max", "Hz", "f_max", "Highest frequency of a spectrum."),
    ("impedance_real_min", "ohm", "Z′_min", "Smallest Re Z of a spectrum of a whole cell."),
    ("impedance_real_max", "ohm", "Z′_max", "Largest Re Z of a spectrum of a whole cell."),
    ("areal_impedance_real_min", "ohm cm2", "Z′_min", "Smallest Re Z times area of a spectrum."),
    ("areal_impedance_real_max", "ohm cm2", "Z′_max", "Largest Re Z times area of a spectrum."),
    ("potential_min", "V", "E_min", "Lowest electrode potential in a record."),
    ("potential_max", "V", "E_max", "Highest electrode potential in a record."),
    ("current_density_max", "mA/cm2", "|j|_max", "Largest |current density| in a record."),
    ("two_theta_min", "deg", "2θ_min", "First angle of a pattern."),
    ("two_theta_max", "deg", "2θ_max", "Last angle of a pattern."),
    ("binding_energy_min", "eV", "E_B,min", "Lowest binding energy of a spectrum."),
    ("binding_energy_max", "eV", "E_B,max", "Highest binding energy of a spectrum."),
    ("kinetic_energy_min", "eV", "E_k,min", "Lowest kinetic energy of a spectrum."),
    ("kinetic_energy_max", "eV", "E_k,max", "Highest kinetic energy of a spectrum."),
    ("photon_energy", "eV", "hν", "Energy of the exciting photons."),
    ("intensity_max", "1", "I_max", "Largest intensity of a record, in its own unit."),
    ("force_max", "N", "F_max", "Largest |force| of a mechanical test."),
    ("stress_max", "MPa", "σ_max", "Largest |stress| in a record, as its file gives stress."),
    ("displacement_max", "mm", "s_max", "Largest |crosshead displacement| of a mechanical test."),
    ("gauge_length", "mm", "L₀", "Gauge length of a specimen."),
    ("thickness_min", "um", "d_min", "Smallest thickness (or change of thickness) in a record."),
    ("thickness_max", "um", "d_max", "Largest thickness (or change of thickness) in a record."),
    ("strain_min", "%", "ε_min", "Smallest strain in a record."),
    ("strain_max", "%", "ε_max", "Largest strain in a record."),
    ("voxels", "text", "", "Size of an image stack: slices, height, width."),
    # what a claim may also say in words
    ("definition", "text", "", "Words that define a quantity or a condition."),
)

#: What a series of spectra may run along, with the unit of the places.
SERIES_UNITS = {"spectrum": "1", "time": "h", "cycle": "1", "charge": "mAh", "temperature": "K"}

#: The vocabulary by name.
QUANTITIES: dict[str, Quantity] = {
    row[0]: Quantity(row[0], row[1] if row[1] == "text" else field_unit(row[1]), row[2], row[3]) for row in _ROWS
}


def quantity(name: str, *, where: str = "quantity") -> Quantity:
    """Look a quantity up.

    Raises
    ------
    BadInputError
        If the vocabulary has no such word; names the nearest.

    Examples
    --------
    >>> quantity("np_ratio").symbol
    'N/P'
    >>> quantity("thicknes")
    Traceback (most recent call last):
    ...
    limetal.errors.BadInputError: quantity: found 'thicknes', want a quantity such as 'thickness'
    (limetal list quantities shows all)
    """
    if name in QUANTITIES:
        return QUANTITIES[name]
    near = difflib.get_close_matches(name, QUANTITIES, n=1, cutoff=0.5)
    wanted = f"a quantity such as {(near or ['thickness'])[0]!r} (limetal list quantities shows all)"
    raise BadInputError(where, repr(name), wanted)
