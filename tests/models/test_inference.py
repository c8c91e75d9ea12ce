"""Inference against published output of R and statsmodels."""

from types import SimpleNamespace

import numpy as np
import pytest

from tests.models.published_data import alligators, anes96, endometrial, sex2, spector
from xent import LogisticRegression, LogisticRegressionCV
from xent.errors import DataError, DomainError, ShapeError
from xent.models.inference import class_standard_errors

MAXIMUM = LogisticRegression(C=np.inf)
FIRTH = LogisticRegression(penalty="firth")


def assert_close(found, published, *, rel=1e-6):
    published = np.asarray(published)
    assert np.abs(np.asarray(found) / published - 1).max() < rel


@pytest.fixture(scope="module")
def grades():
    X, y = spector()
    return LogisticRegression(C=np.inf).fit(X, y), X, y


@pytest.fixture(scope="module")
def votes():
    X, y = anes96()
    return LogisticRegression(C=np.inf).fit(X, y), X, y


@pytest.fixture(scope="module")
def infections():
    X, y = sex2()
    return LogisticRegression(penalty="firth").fit(X, y), X, y


def test_two_classes_agree_with_statsmodels(grades):
    model, X, y = grades
    inference = model.inference(X, y)
    assert_close(inference.values, [-13.0213468581, 2.8261125949, 0.0951576613, 2.3786876551])
    assert_close(inference.standard_errors, [4.9313242136, 1.2629410756, 0.1415542057, 1.0645642545])
    assert_close(inference.log_likelihood, -12.889634222131)
    assert_close(inference.null_log_likelihood, -20.591729696634)
    assert_close([inference.test.statistic, inference.test.p_value], [15.404190949, 0.00150187868])
    assert inference.test.degrees == 3
    assert_close(inference.akaike, 2 * 12.889634222131 + 8)


def test_robust_standard_errors_agree_with_statsmodels(grades):
    model, X, y = grades
    robust = model.inference(X, y, covariance="robust")
    assert_close(robust.standard_errors, [5.1975854103, 1.267545982, 0.1179222677, 0.9644192097])
    # The factor n / (n - M), which statsmodels' HC1 of a logit leaves out.
    corrected = model.inference(X, y, covariance="robust", correction=True)
    assert_close(corrected.covariance, robust.covariance * 32 / 28, rel=1e-12)


def test_clustered_standard_errors_agree_with_statsmodels(grades):
    model, X, y = grades
    options = {"covariance": "clustered", "groups": np.arange(32) % 8}
    plain = model.inference(X, y, **options)
    assert_close(plain.standard_errors, [6.8267748962, 1.4924945732, 0.1454557949, 0.6823326121])
    corrected = model.inference(X, y, correction=True, **options)
    assert_close(corrected.standard_errors, [7.6791541839, 1.6788448602, 0.1636171535, 0.7675274801])


def test_seven_classes_agree_with_statsmodels(votes):
    model, X, y = votes
    inference = model.inference(X, y)
    assert_close(inference.log_likelihood, -1461.9227472481)
    # Computed from the class frequencies; statsmodels' own maximum stops 7e-7 nats below.
    assert_close(inference.null_log_likelihood, -1750.3467107091)
    assert_close(
        inference.values[:6],
        [-0.3734016774, -0.0115359746, 0.2977143516, -0.0249449954, 0.0824914421, 0.0051965532],
    )
    assert_close(
        inference.standard_errors[:6],
        [0.629837631, 0.0342823658, 0.093626795, 0.0065248584, 0.0735865799, 0.0176336937],
    )
    assert inference.test.degrees == 30
    robust = model.inference(X, y, covariance="robust")
    assert_close(
        robust.standard_errors[:6],
        [0.5943330529, 0.034117702, 0.0993402232, 0.0061012895, 0.0740385662, 0.0167592257],
    )


def test_another_reference_class_is_a_linear_map_of_the_contrasts(votes):
    model, X, y = votes
    first, other = model.inference(X, y), model.inference(X, y, reference=3)
    assert other.classes == ("3", "0", "1", "2", "4", "5", "6")
    # Class 1 against class 3 is class 1 against class 0 less class 3 against class 0.
    map_ = np.zeros((6, 36))
    map_[np.arange(6), np.arange(6)] = 1
    map_[np.arange(6), np.arange(12, 18)] = -1
    assert_close(other.values[6:12], map_ @ first.values, rel=1e-8)
    expected = np.sqrt((map_ @ first.covariance @ map_.T).diagonal())
    assert_close(other.standard_errors[6:12], expected, rel=1e-8)
    assert first.wald_test("age").statistic == pytest.approx(other.wald_test("age").statistic, rel=1e-7)


def test_firths_method_agrees_with_logistf(infections):
    model, X, y = infections
    inference = model.inference(X, y)
    assert_close(
        inference.values,
        [0.12025405, -1.10598133, -0.06881673, 2.26887465, -2.11140819, -0.78831695, 3.09601183],
    )
    assert_close(
        inference.standard_errors,
        [0.48554151, 0.42366013, 0.44379345, 0.54841596, 0.54308235, 0.41736757, 1.67500841],
    )
    # The penalised likelihood depends on the units; these are those of the columns.
    information = np.linalg.inv(inference.covariance)
    penalised = inference.log_likelihood + np.linalg.slogdet(information)[1] / 2
    assert_close(penalised, -132.5393795)
    assert_close(inference.test.statistic, 49.09064, rel=1e-6)
    assert inference.test.degrees == 6


@pytest.mark.slow
def test_profile_intervals_of_firths_method_agree_with_logistf(infections):
    model, X, y = infections
    table = model.inference(X, y, intervals="profile").coefficients
    assert_close(
        [one.statistic for one in table],
        # Six decimals are published.
        [0.0628630, 7.507731, 0.024670, 22.931390, 19.104073, 3.697410, 7.896931],
        rel=2e-5,
    )
    published = [
        (-0.818559, 1.073151), (-1.973788, -0.307425), (-0.941436, 0.789202), (1.273022, 3.435433),
        (-3.260861, -1.117735), (-1.608088, 0.015185), (0.774568, 8.030294),
    ]  # fmt: skip
    found = [(one.low, one.high) for one in table]
    assert np.abs(np.asarray(found) - published).max() < 6e-7


def test_an_infinite_coefficient_is_finite_by_firths_method():
    X, y = endometrial()
    model = LogisticRegression(penalty="firth").fit(X, y)
    inference = model.inference(X, y, intervals="profile")
    assert_close(inference.values, [3.77455971, 2.92927335, -0.03475176, -2.60416392], rel=2e-7)
    assert_close(inference.standard_errors, [1.48869166, 1.55076373, 0.03957815, 0.77601764], rel=2e-7)
    assert_close([inference.coefficients[1].low, inference.coefficients[1].high], [0.609724, 7.854632])


def test_multinomial_firth_agrees_with_brglm2():
    X, food, count = alligators()
    model = LogisticRegression(penalty="firth").fit(X, food, count)
    inference = model.inference(X, food, count, reference="Fish")
    found = {
        label: [one.value for one in inference.coefficients if one.label == label]
        for label in inference.classes[1:]
    }
    published = {
        "Invertebrate": [-1.64889990, -1.40196237, 2.46114202, 2.64136645, 1.56004454],
        "Reptile": [-2.24974952, 0.32094872, 1.12267385, 1.57898991, -0.98001820],
        "Bird": [-1.90174978, 0.58287677, -1.03591139, 0.40490366, -0.62131687],
        "Other": [-0.72117046, -0.31477526, -0.71926162, 0.67143808, -0.77927891],
    }
    assert found.keys() == published.keys()
    for label, values in published.items():
        assert_close(found[label], values)


def test_multinomial_maximum_likelihood_agrees_with_nnet():
    X, food, count = alligators()
    inference = LogisticRegression(C=np.inf).fit(X, food, count).inference(X, food, count, reference="Fish")
    assert_close(inference.log_likelihood, -270.040139248)
    values = [one.value for one in inference.coefficients if one.label == "Invertebrate"]
    assert_close(values, [-1.74917258, -1.45820462, 2.59557792, 2.78034343, 1.65835860])


@pytest.mark.parametrize("model", [MAXIMUM, FIRTH], ids=["maximum likelihood", "Firth"])
def test_a_frequency_counts_as_that_many_rows(model):
    X, food, count = alligators()
    times = count.to_numpy().astype(int)
    one = model.fit(X, food, count).inference(X, food, count, covariance="robust", correction=True)
    repeated = X.loc[X.index.repeat(times)], food.loc[food.index.repeat(times)]
    other = model.fit(*repeated).inference(*repeated, covariance="robust", correction=True)
    assert_close(one.values, other.values, rel=1e-7)
    assert_close(one.standard_errors, other.standard_errors, rel=1e-7)


def test_weights_as_probabilities_enter_the_robust_covariance_squared(grades):
    _, X, y = grades
    weights = np.linspace(0.5, 2, len(y))
    model = LogisticRegression(C=np.inf).fit(X, y, weights)
    found = model.inference(X, y, weights, covariance="robust", weights="probabilities")
    alone = model.inference(X, y, weights, covariance="clustered", groups=np.arange(len(y)))
    assert_close(found.covariance, alone.covariance, rel=1e-9)


def test_a_profile_is_the_likelihood_of_the_fit_without_the_column(grades):
    model, X, y = grades
    without = LogisticRegression(C=np.inf).fit(X[["GPA", "TUCE"]], y)
    expected = 2 * len(y) * (without.loss_ - model.loss_)
    assert model.likelihood_ratio_test(X, y, without="PSI").statistic == pytest.approx(expected, rel=1e-9)
    table = model.inference(X, y, intervals="profile", level=0.9).coefficients
    assert table[3].statistic == pytest.approx(expected, rel=1e-9)
    assert all(one.low < one.value < one.high for one in table)


def test_intercepts_have_profiles_of_the_features_as_given(grades):
    model, X, y = grades
    table = model.inference(X, y, intervals="profile").coefficients
    none = LogisticRegression(C=np.inf, fit_intercept=False).fit(X, y)
    assert table[0].feature == "(intercept)"
    assert table[0].statistic == pytest.approx(2 * len(y) * (none.loss_ - model.loss_), rel=1e-8)


def test_standard_errors_of_a_penalised_fit_are_said_to_be_that(grades):
    _, X, y = grades
    model = LogisticRegression(C=0.5).fit(X, y)
    inference = model.inference(X, y)
    assert "those of the penalised fit (C = 0.5)" in inference.notes[0]
    assert inference.test is None
    # Against the inverse Hessian of the objective by its definition.
    probs = model.predict_proba(X)[:, 1]
    design = np.column_stack([np.ones(len(y)), X])
    hessian = (design * (probs * (1 - probs))[:, None]).T @ design + np.diag([0, 2, 2, 2])
    assert_close(inference.covariance, np.linalg.inv(hessian), rel=1e-8)


def test_the_penalty_of_several_classes_is_a_form_of_their_contrasts(votes):
    _, X, y = votes
    C = 1e-3
    model = LogisticRegression(C=C).fit(X, y)
    inference = model.inference(X, y)
    # The Hessian in all seven classes is singular along a common shift; its pseudo-inverse gives contrasts.
    probs = model.predict_proba(X)
    design = np.column_stack([np.ones(len(y)), X])
    P = design.shape[1]
    hessian = np.zeros((7, P, 7, P))
    for k in range(7):
        for j in range(7):
            factor = probs[:, k] * ((k == j) - probs[:, j])
            hessian[k, :, j] = (design * factor[:, None]).T @ design + (k == j) * np.diag([0] + [1 / C] * 5)
    inverse = np.linalg.pinv(hessian.reshape(7 * P, 7 * P), rcond=1e-13)
    contrasts = np.kron(np.column_stack([-np.ones(6), np.eye(6)]), np.eye(P))
    assert_close(inference.covariance, contrasts @ inverse @ contrasts.T, rel=1e-6)


@pytest.mark.parametrize("parameters", [{"C": np.inf}, {"penalty": "firth"}], ids=str)
@pytest.mark.parametrize("data", [spector, anes96])
def test_an_offset_is_a_column_with_a_fixed_coefficient(parameters, data):
    X, y = data()
    K, name = y.nunique(), X.columns[0]
    plain = LogisticRegression(**parameters).fit(X, y)
    # Half of the first column's coefficients as offsets: the others stay, if that column's move by a half.
    logits = np.outer(X[name], plain.coef_[:, 0]) / 2
    offset = logits[:, 0] if K == 2 else logits
    moved = LogisticRegression(**parameters).fit(X, y, offset=offset)
    expected = plain.coef_.copy()
    expected[:, 0] /= 2
    assert np.abs(moved.coef_ - expected).max() < 1e-6 * np.abs(expected).max()
    one = plain.inference(X, y, reference=1)
    other = moved.inference(X, y, offset=offset, reference=1)
    assert_close(other.covariance, one.covariance, rel=1e-4)
    assert_close(other.log_likelihood, one.log_likelihood, rel=1e-9)
    assert other.null_log_likelihood > one.null_log_likelihood
    with pytest.raises(DataError, match="be the rows of the fit"):
        moved.inference(X, y)


def test_the_summary_prints_every_coefficient_and_the_test(grades):
    model, X, y = grades
    inference = model.inference(X, y)
    text = inference.summary()
    assert "Maximum likelihood, 32 rows; 0 is the reference of 1 class." in text
    assert "likelihood ratio chi2 15.404 on 3 df, p = 0.0015" in text
    assert "1      GPA            2.8261      1.2629   2.2377   0.0252   0.35079     5.3014" in text
    html = inference.summary_html()
    for one in inference.coefficients:
        assert f'<th scope="row">{one.feature}</th>' in html
    assert html == inference._repr_html_()


def test_the_summary_names_intercepts_only_of_a_model_that_has_them(grades):
    model, X, y = grades
    assert "nats; with intercepts alone -20.592." in model.inference(X, y).summary()
    without = LogisticRegression(C=np.inf, fit_intercept=False).fit(X, y).inference(X, y)
    assert f"nats; with weights of 0 {-32 * np.log(2):.5g}." in without.summary()


def test_names_in_the_html_summary_are_escaped():
    X, y = spector()
    X = X.rename(columns={"GPA": "<b>&"})
    html = LogisticRegression(C=np.inf).fit(X, y).inference(X, y).summary_html()
    assert "&lt;b&gt;&amp;" in html
    assert "<b>" not in html


def test_rows_that_the_model_was_not_fitted_to_are_refused(grades):
    model, X, y = grades
    with pytest.raises(DataError, match=r"be the rows of the fit, whose mean loss is 0\.402801069 nats"):
        model.inference(X.iloc[1:], y.iloc[1:])
    with pytest.raises(DataError, match="hold only classes of the fit"):
        model.inference(X, y + 1)


def test_columns_without_standard_errors_are_named(grades):
    _, X, y = grades
    X = X.assign(twice=2 * X["GPA"] + 1)
    model = LogisticRegression(C=np.inf).fit(X, y)
    with pytest.raises(DataError, match="columns that depend on others: 'twice'"):
        model.inference(X, y)
    # A penalty determines all coefficients.
    assert np.isfinite(LogisticRegression().fit(X, y).inference(X, y).standard_errors).all()


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"covariance": "HC3"}, "`covariance` must be one of model, robust, clustered; got 'HC3'."),
        ({"covariance": "clustered"}, '`groups` must be given exactly if `covariance` is "clustered"'),
        ({"weights": "probabilities"}, '`covariance` must be "robust" or "clustered" for weights'),
        ({"intervals": "profile", "covariance": "robust"}, '`intervals` must be "wald" for a penalised fit'),
        ({"level": 95}, "`level` must lie between 0 and 1; got 95."),
        ({"reference": 7}, "`reference` must be one of the classes of the fit; got 7."),
    ],
)
def test_an_option_out_of_range_is_named(grades, options, text):
    model, X, y = grades
    with pytest.raises(DomainError) as caught:
        model.inference(X, y, **options)
    assert text in str(caught.value)


def test_a_robust_covariance_of_few_rows_is_finite_and_has_no_correction():
    X, y = np.eye(3)[:, :2], [0, 1, 0]
    model = LogisticRegression().fit(X, y)
    assert np.isfinite(model.inference(X, y, covariance="robust").covariance).all()
    for groups in (None, [0, 1, 2]):
        kind = "robust" if groups is None else "clustered"
        with pytest.raises(DomainError, match="`correction` must be False unless rows are more than coef"):
            model.inference(X, y, covariance=kind, groups=groups, correction=True)


def test_groups_of_another_length_are_refused(grades):
    model, X, y = grades
    with pytest.raises(ShapeError, match=r"`groups` must have shape \(32,\), one entry per row; got \(3,\)"):
        model.inference(X, y, covariance="clustered", groups=[1, 2, 3])
    with pytest.raises(DataError, match="hold at least two clusters; got 1"):
        model.inference(X, y, covariance="clustered", groups=np.zeros(32))


def test_a_likelihood_ratio_of_a_penalised_fit_is_refused(grades):
    _, X, y = grades
    model = LogisticRegression().fit(X, y)
    with pytest.raises(DomainError, match="without a penalty for a likelihood-ratio test; got 1"):
        model.likelihood_ratio_test(X, y)
    with pytest.raises(DomainError, match="`without` must be names of features of the fit; got 'height'"):
        grades[0].likelihood_ratio_test(X, y, without="height")
    with pytest.raises(DomainError, match="`without` must name at least one feature, or be None for all"):
        grades[0].likelihood_ratio_test(X, y, without=[])


def test_wald_tests_take_names_or_contrasts(grades):
    model, X, y = grades
    inference = model.inference(X, y)
    one = inference.wald_test("PSI")
    assert one.statistic == pytest.approx(inference.coefficients[3].statistic ** 2)
    assert one.p_value == pytest.approx(inference.coefficients[3].p_value)
    assert inference.wald_test_of(np.eye(4)[3], inference.values[3]).statistic == pytest.approx(0, abs=1e-20)
    with pytest.raises(DomainError, match="got 'height'"):
        inference.wald_test("height")
    with pytest.raises(DomainError, match="`features` must name at least one feature"):
        inference.wald_test([])
    with pytest.raises(DomainError, match="`contrasts` must have at least one row"):
        inference.wald_test_of(np.empty((0, 4)))
    with pytest.raises(ShapeError, match="have 4 columns, one for each coefficient"):
        inference.wald_test_of(np.eye(3))


@pytest.mark.parametrize(
    "contrasts",
    [
        [[0.1, 0.2, 0.3, 0.4], [0.3, 0.6, 0.9, 1.2]],
        [[1, 0, 0, 0], [1, 0, 0, 0]],
        [[1e-9, 0, 0, 0], [0, 1, 0, 0], [1, 1e9, 0, 0]],
        [[0, 0, 0, 0]],
    ],
)
def test_a_wald_test_of_linearly_dependent_combinations_is_refused(grades, contrasts):
    model, X, y = grades
    inference = model.inference(X, y)
    with pytest.raises(DomainError, match="`contrasts` must have linearly independent rows; got"):
        inference.wald_test_of(contrasts)


def test_a_wald_test_does_not_depend_on_the_scale_of_combinations(grades):
    model, X, y = grades
    inference = model.inference(X, y)
    one = inference.wald_test_of(np.eye(4)[1:], [0.5, 1.0, 2.0])
    R = np.diag([1e-12, 1e12, 3.0])
    other = inference.wald_test_of(R @ np.eye(4)[1:], R @ [0.5, 1.0, 2.0])
    assert one.statistic > 1
    assert other.statistic == pytest.approx(one.statistic, rel=1e-10)


def test_a_wald_test_of_more_combinations_than_clusters_is_refused(grades):
    model, X, y = grades
    inference = model.inference(X, y, covariance="clustered", groups=np.arange(32) % 2)
    with pytest.raises(
        DomainError, match=r"can be inverted; got one of rank 1, not 4\. The rank of a clustered"
    ):
        inference.wald_test_of(np.eye(4))


def test_a_wald_test_takes_one_value_or_one_for_each_combination(grades):
    model, X, y = grades
    inference = model.inference(X, y)
    R = np.eye(4)[:2]
    assert inference.wald_test_of(R, 1.0).statistic == inference.wald_test_of(R, [1.0, 1.0]).statistic
    for values in ([1.0], [1.0, 1.0, 1.0], [[1.0], [1.0]]):
        with pytest.raises(ShapeError, match=r"`values` must be one number or have shape \(2,\)"):
            inference.wald_test_of(R, values)
    with pytest.raises(ShapeError, match="have 4 columns, one for each coefficient"):
        inference.wald_test_of(R[None])
    with pytest.raises(DomainError, match=r"`values` must be finite; got nan, first at index \(1,\)"):
        inference.wald_test_of(R, [0.0, np.nan])
    with pytest.raises(DomainError, match=r"`contrasts` must be finite; got inf, first at index \(0, 0\)"):
        inference.wald_test_of([[np.inf, 0.0, 0.0, 0.0]])


def test_a_fit_with_a_penalty_of_absolute_values_has_no_standard_errors():
    random = np.random.default_rng(0)
    X, y = random.normal(size=(60, 3)), random.integers(0, 2, 60)
    model = LogisticRegression(l1_ratio=0.5).fit(X, y)
    searched = LogisticRegressionCV(Cs=[0.1, 1.0], l1_ratios=[0.5], cv=2).fit(X, y)
    for one in (model, searched):
        with pytest.raises(DomainError, match=r"`l1_ratio` must be 0 in the fit; got 0.5"):
            one.inference(X, y)


def test_a_report_leaves_standard_errors_out_where_columns_would_take_minutes_to_invert():
    model = SimpleNamespace(classes_=np.arange(3))
    assert class_standard_errors(model, np.zeros((40, 2200)), np.arange(40) % 3) is None
